"""Addresses of alerts."""

from __future__ import annotations

from django.urls import path

from liandong.web.alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.home, name="home"),
    path("asking/", views.asking, name="asking"),
    path("<uuid:stream>/", views.page, name="page"),
    path("<uuid:stream>/parts/", views.parts, name="parts"),
    path("<uuid:stream>/cap.xml", views.cap, name="cap"),
]
