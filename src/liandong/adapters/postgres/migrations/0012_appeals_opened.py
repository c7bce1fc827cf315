"""Appeals by when they were opened: the published errors look at the newest of a span."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0011_practice")]

    operations = [
        migrations.AddIndex("Stream", models.Index(fields=["-opened_at"], name="stream_appeals_opened", condition=models.Q(kind="appeal"))),
    ]
