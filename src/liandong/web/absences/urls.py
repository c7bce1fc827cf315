"""Addresses of the absences."""

from __future__ import annotations

from django.urls import path

from liandong.web.absences import views

app_name = "absences"
urlpatterns = [
    path("", views.home, name="home"),
    path("mark/", views.mark, name="mark"),
    path("<uuid:absence>/end/", views.end, name="end"),
]
