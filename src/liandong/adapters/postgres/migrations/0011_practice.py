"""Practice: rounds and the answers given in them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0010_follow_codes")]

    operations = [
        migrations.CreateModel(
            name="PracticeRound",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("cases", models.JSONField()),
                ("done", models.IntegerField(default=0)),
                ("points", models.IntegerField(default=0)),
                ("shown_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "practice_round", "indexes": [models.Index(fields=["person", "-started_at"], name="practice_round_by_person")]},
        ),
        migrations.CreateModel(
            name="PracticeAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("place", models.IntegerField()),
                ("case", models.CharField(max_length=20)),
                ("side", models.CharField(max_length=12)),
                ("item", models.CharField(blank=True, default="", max_length=20)),
                ("urgent", models.BooleanField()),
                ("points", models.IntegerField()),
                ("seconds", models.FloatField()),
                ("at", models.DateTimeField()),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ("round", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="liandong.practiceround")),
            ],
            options={
                "db_table": "practice_answer",
                "indexes": [models.Index(fields=["person", "-at"], name="practice_answer_by_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("round", "place"), name="practice_answer_once"),
                    models.CheckConstraint(condition=models.Q(("points__gte", 0), ("points__lte", 100)), name="practice_answer_points"),
                ],
            },
        ),
    ]
