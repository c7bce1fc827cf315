"""Addresses of the unit's phone."""

from __future__ import annotations

from django.urls import path

from liandong.web.unit import views

app_name = "unit"
urlpatterns = [
    path("", views.home, name="home"),
    path("standing/", views.standing, name="standing"),
    path("list/", views.tasks, name="tasks"),
    path("<uuid:stream>/", views.task, name="task"),
    path("<uuid:stream>/parts/", views.task_parts, name="parts"),
]
