"""The messages that hold back their streams are few: find them without looking at the whole backlog."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liandong", "0005_quick_service")]

    operations = [
        migrations.AddIndex(
            "OutboxMessage",
            models.Index(
                fields=["peer", "stream", "seq"],
                name="outbox_held",
                condition=models.Q(sent_at__isnull=True) & (models.Q(parked=True) | models.Q(next_try_at__isnull=False)),
            ),
        ),
        migrations.AddIndex(
            "OutboxMessage", models.Index(fields=["peer", "stream", "seq"], name="outbox_unsent", condition=models.Q(sent_at__isnull=True))
        ),
    ]
