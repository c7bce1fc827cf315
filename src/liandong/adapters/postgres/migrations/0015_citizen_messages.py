"""Messages that tell a citizen number and code of a case."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0014_figures")]

    operations = [
        migrations.CreateModel(
            name="CitizenMessage",
            fields=[
                ("appeal", models.UUIDField(primary_key=True, serialize=False)),
                ("phone", models.CharField(max_length=40)),
                ("words", models.CharField(blank=True, default="", max_length=500)),
                ("simulated", models.BooleanField(default=False)),
                ("attempts", models.IntegerField(default=0)),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "citizen_message",
                "indexes": [
                    models.Index(fields=["next_try_at"], name="citizen_message_waiting", condition=models.Q(next_try_at__isnull=False)),
                    models.Index(fields=["-made_at"], name="citizen_message_newest"),
                ],
            },
        ),
    ]
