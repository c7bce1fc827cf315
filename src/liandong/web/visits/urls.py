"""Addresses of return visits and inspections."""

from __future__ import annotations

from django.urls import path

from liandong.web.visits import inspecting, views

app_name = "visits"
urlpatterns = [
    path("", views.home, name="home"),
    path("board/", views.board, name="board"),
    path("replies/", views.replies, name="replies"),
    path("inspections/", inspecting.inspections, name="inspections"),
    path("inspections/<uuid:stream>/", inspecting.page, name="inspection"),
    path("inspections/<uuid:stream>/parts/", inspecting.parts, name="parts"),
]
