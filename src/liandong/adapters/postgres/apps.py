"""The Django app that owns every table of a node."""

from django.apps import AppConfig

__all__ = ["PostgresConfig"]


class PostgresConfig(AppConfig):
    """Streams, journals, outbox, inbox, people."""

    name = "liandong.adapters.postgres"
    label = "liandong"
    verbose_name = "联动"
    default_auto_field = "django.db.models.BigAutoField"
