"""Rulings of consultations, as the triage of the node reads them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0006_outbox_held")]

    operations = [
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("code", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("consultation", models.UUIDField()),
                ("data", models.JSONField()),
                ("revoked_on", models.DateField(null=True)),
                ("revision", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "ruling",
                "constraints": [models.CheckConstraint(condition=models.Q(("revision__gte", 1)), name="ruling_revision_positive")],
            },
        ),
    ]
