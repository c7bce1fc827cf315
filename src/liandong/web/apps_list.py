"""Which Django apps, middleware and context processors the screens bring; ``node.django_settings`` takes them from here."""

from __future__ import annotations

__all__ = ["WEB_APPS", "WEB_CONTEXT_PROCESSORS", "WEB_MIDDLEWARE"]

#: One app for each thing the organisation does.
WEB_APPS = (
    "liandong.web",
    "liandong.web.shell",
    "liandong.web.calltaker",
    "liandong.web.agent",
    "liandong.web.review",
    "liandong.web.overview",
    "liandong.web.calls",
    "liandong.web.alerts",
    "liandong.web.consultations",
    "liandong.web.unit",
    "liandong.web.absences",
    "liandong.web.supervision",
    "liandong.web.visits",
    "liandong.web.records",
    "liandong.web.exchange_desk",
    "liandong.web.movecar",
    "liandong.web.follow",
    "liandong.web.practice",
    "liandong.web.triage_errors",
    "liandong.web.proof",
    "liandong.web.live",
)

#: In order, inside Django's own: the time answers take, the language a person chose, the policy of what a page may load, words for every refusal.
WEB_MIDDLEWARE = (
    "liandong.web.metrics.answer_times",
    "liandong.web.shell.middleware.chosen_language",
    "liandong.web.shell.middleware.content_policy",
    "liandong.web.shell.middleware.words_for_refusals",
)

WEB_CONTEXT_PROCESSORS = ("liandong.web.shell.context.desk",)
