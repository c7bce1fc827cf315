"""Addresses of the news."""

from __future__ import annotations

from django.urls import path

from liandong.web.live import views

app_name = "live"
urlpatterns = [path("", views.stream, name="stream"), path("mark/", views.mark, name="mark"), path("banner/", views.banner, name="banner")]
