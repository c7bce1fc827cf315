"""The Django app that owns what all screens share: static files and the language."""

from django.apps import AppConfig

__all__ = ["WebConfig"]


class WebConfig(AppConfig):
    """Screens."""

    name = "liandong.web"
    label = "web"
    verbose_name = "联动"
