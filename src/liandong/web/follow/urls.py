"""Addresses of the citizen's page; open to everybody, counted and limited."""

from __future__ import annotations

from django.urls import path

from liandong.web.follow import views

app_name = "follow"
urlpatterns = [
    path("", views.enter, name="enter"),
    path("give/<uuid:appeal>/", views.give, name="give"),
    path("<str:code>/", views.case, name="case"),
]
