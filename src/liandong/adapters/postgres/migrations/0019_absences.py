"""Who is away, and who stands in."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("liandong", "0018_patrol_positions")]

    operations = [
        migrations.CreateModel(
            "AbsenceEntry",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit", models.CharField(max_length=40)),
                ("person", models.CharField(blank=True, default="", max_length=150)),
                ("name", models.CharField(blank=True, default="", max_length=150)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("substitute", models.CharField(max_length=150)),
                ("substitute_phone", models.CharField(blank=True, default="", max_length=40)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("marked_by", models.CharField(max_length=150)),
                ("marked_at", models.DateTimeField()),
                ("ended_by", models.CharField(blank=True, default="", max_length=150)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "absence"},
        ),
        migrations.AddIndex("AbsenceEntry", models.Index(fields=["until"], name="absence_standing", condition=Q(ended_at__isnull=True))),
        migrations.AddConstraint("AbsenceEntry", models.CheckConstraint(condition=Q(until__gt=F("since")), name="absence_has_a_span")),
        migrations.AddConstraint("AbsenceEntry", models.CheckConstraint(condition=~Q(substitute=""), name="absence_has_a_substitute")),
    ]
