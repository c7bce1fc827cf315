"""Addresses of the records."""

from __future__ import annotations

from django.urls import path

from liandong.web.records import acting, views

app_name = "records"
urlpatterns = [
    path("", views.home, name="home"),
    path("<str:ref>/", views.record, name="record"),
    path("<uuid:stream>/guidance/", views.guidance, name="guidance"),
    path("<uuid:stream>/parts/", views.parts, name="parts"),
    path("<uuid:stream>/act/<slug:command>/", acting.act_form, name="act"),
]
