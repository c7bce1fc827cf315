"""Files that records name, and an index to find which message told a peer of one."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("liandong", "0007_rulings")]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("digest", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("peer", models.CharField(blank=True, default="", max_length=60)),
                ("name", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("media_type", models.CharField(max_length=140)),
                ("state", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, default="", max_length=120)),
                ("attempts", models.IntegerField(default=0)),
                ("noted_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"db_table": "attachment"},
        ),
        migrations.AddIndex("Attachment", models.Index(fields=["noted_at"], name="attachment_coming", condition=Q(state="coming"))),
        migrations.RunSQL(
            "CREATE INDEX outbox_named_files ON outbox USING gin ((body->'data'->'attachments') jsonb_path_ops)"
            " WHERE body->'data' ? 'attachments'",
            "DROP INDEX outbox_named_files",
        ),
    ]
