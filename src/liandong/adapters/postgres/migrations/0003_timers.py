"""Clocks of records as rows: found by when something has to be done about them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("liandong", "0002_journal_is_append_only")]

    operations = [
        migrations.CreateModel(
            name="Timer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stream", models.UUIDField()),
                ("kind", models.CharField(max_length=16)),
                ("step", models.CharField(max_length=24)),
                ("round", models.IntegerField()),
                ("code", models.CharField(max_length=80)),
                ("unit", models.CharField(blank=True, default="", max_length=40)),
                ("owed_by", models.CharField(default="unit", max_length=12)),
                ("is_right", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("warned_at", models.DateTimeField(null=True)),
                ("fired_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(default="open", max_length=8)),
                ("history", models.JSONField(default=dict)),
                ("attempts", models.IntegerField(default=0)),
                ("problem", models.CharField(blank=True, default="", max_length=120)),
            ],
            options={
                "db_table": "timer",
                "constraints": [models.UniqueConstraint(fields=["stream", "step", "round"], name="timer_round_unique")],
                "indexes": [
                    models.Index(fields=["next_at"], name="timer_next", condition=Q(next_at__isnull=False)),
                    models.Index(fields=["due_at"], name="timer_open_due", condition=Q(outcome="open")),
                    models.Index(fields=["unit", "due_at"], name="timer_open_unit", condition=Q(outcome="open") & ~Q(unit="")),
                ],
            },
        ),
    ]
