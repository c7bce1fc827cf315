"""Addresses of consultations and whistles."""

from __future__ import annotations

from django.urls import path

from liandong.web.consultations import analysis, views

app_name = "consultations"
urlpatterns = [
    path("", views.home, name="home"),
    path("asking/", views.asking, name="asking"),
    path("new/<str:kind>/", views.begin, name="begin"),
    path("analysis/", analysis.page, name="analysis"),
    path("<uuid:stream>/", views.page, name="page"),
    path("<uuid:stream>/parts/", views.parts, name="parts"),
]
