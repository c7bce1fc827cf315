"""Addresses of three-way calls."""

from __future__ import annotations

from django.urls import path

from liandong.web.calls import views

app_name = "calls"
urlpatterns = [
    path("ringing/", views.ringing, name="ringing"),
    path("<uuid:stream>/", views.room, name="room"),
    path("<uuid:stream>/parts/", views.parts, name="parts"),
    path("<uuid:stream>/line/", views.line, name="line"),
]
