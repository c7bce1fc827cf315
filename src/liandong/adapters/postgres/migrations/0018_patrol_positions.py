"""Where patrols are now."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("liandong", "0017_assisted_orders")]

    operations = [
        migrations.CreateModel(
            "PatrolPosition",
            [
                ("person", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("unit", models.CharField(max_length=40)),
                ("longitude", models.FloatField()),
                ("latitude", models.FloatField()),
                ("accuracy_m", models.IntegerField(default=0)),
                ("status", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "patrol_position"},
        ),
        migrations.AddIndex("PatrolPosition", models.Index(fields=["-at"], name="patrol_position_newest")),
        migrations.AddConstraint(
            "PatrolPosition",
            models.CheckConstraint(condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90), name="patrol_position_on_earth"),
        ),
        migrations.AddConstraint("PatrolPosition", models.CheckConstraint(condition=Q(status__in=("available", "busy", "off")), name="patrol_position_status")),
    ]
