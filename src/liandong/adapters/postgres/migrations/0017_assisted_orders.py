"""Orders by who assists them: a unit's phone asks for its own."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models.fields.json import KeyTransform


class Migration(migrations.Migration):
    dependencies = [("liandong", "0016_exchange_figures")]

    operations = [
        migrations.AddIndex("Stream", GinIndex(KeyTransform("parts", "data"), name="stream_by_assistant", condition=models.Q(kind__in=("alarm", "workorder")))),
    ]
