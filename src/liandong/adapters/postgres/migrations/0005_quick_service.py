"""Codes of quick service, the demonstration's unsent messages, and counts of visits without an account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0004_repeat_keys")]

    operations = [
        migrations.CreateModel(
            name="ServiceCode",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("service", models.UUIDField()),
                ("who", models.CharField(max_length=8)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "service_code",
                "constraints": [models.CheckConstraint(condition=models.Q(("who__in", ("owner", "caller"))), name="service_code_who")],
            },
        ),
        migrations.CreateModel(
            name="SimulatedNotice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=40)),
                ("service", models.UUIDField()),
                ("owner", models.CharField(max_length=80)),
                ("code", models.CharField(max_length=40)),
                ("words", models.CharField(max_length=300)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "simulated_notice",
                "indexes": [models.Index(fields=["service", "-id"], name="simulated_notice_by_service")],
            },
        ),
        migrations.CreateModel(
            name="VisitCount",
            fields=[
                ("bucket", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.IntegerField(default=0)),
                ("until", models.DateTimeField()),
            ],
            options={"db_table": "visit_count"},
        ),
    ]
