"""Addresses of the overview."""

from __future__ import annotations

from django.urls import path

from liandong.web.overview import views

app_name = "overview"
urlpatterns = [path("", views.home, name="home"), path("parts/", views.parts, name="parts")]
