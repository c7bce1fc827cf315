"""Codes by which citizens follow their own case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0009_roots")]

    operations = [
        migrations.CreateModel(
            name="FollowCode",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("appeal", models.UUIDField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "follow_code"},
        ),
    ]
