"""Look-up keys of appeals, so that a repeat is found while the caller speaks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0003_timers")]

    operations = [
        migrations.CreateModel(
            name="RepeatKey",
            fields=[
                ("pk", models.CompositePrimaryKey("key", "at", "appeal", blank=True, editable=False, primary_key=True, serialize=False)),
                ("key", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("appeal", models.UUIDField()),
            ],
            options={"db_table": "repeat_key"},
        ),
    ]
