"""Addresses of the quick service; open to everybody, counted and limited."""

from __future__ import annotations

from django.urls import path

from liandong.web.movecar import views

app_name = "movecar"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("simulator/", views.simulator, name="simulator"),
    path("o/<str:code>/", views.owner, name="owner"),
    path("f/<str:code>/", views.follow, name="follow"),
]
