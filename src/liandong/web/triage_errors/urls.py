"""Addresses of the published errors."""

from __future__ import annotations

from django.urls import path

from liandong.web.triage_errors import views

app_name = "triage_errors"
urlpatterns = [path("", views.home, name="home"), path("cases/", views.cases, name="cases")]
