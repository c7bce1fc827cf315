"""Indexes of what is looked up by periods: facts that figures are counted by, and orders that are asked about after their end."""

from __future__ import annotations

from django.db import migrations, models

FIGURE_FACTS = (
    "AlarmClosed", "CitizenDissatisfied", "ConsultationConvened", "HandoverConfirmed", "HandoverObjected", "HandoverOffered", "HandoverReopened", "HandoverReturned",
    "NegotiationLapsed", "NegotiationSettledForSender", "OrderClosed", "OrderRefused", "WhistleBlown",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("liandong", "0013_write")]

    operations = [
        migrations.AddIndex(
            "Stream", models.Index(fields=["-updated_at"], name="stream_visits", condition=models.Q(data__has_key="visit_asked"))
        ),
        migrations.AddIndex(
            "JournalEntry", models.Index(fields=["name", "at"], name="journal_figures", condition=models.Q(name__in=FIGURE_FACTS))
        ),
    ]
