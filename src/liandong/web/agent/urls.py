"""Addresses of the orders desk."""

from __future__ import annotations

from django.urls import path

from liandong.web.agent import views

app_name = "orders"
urlpatterns = [
    path("", views.home, name="home"),
    path("available/", views.available, name="available"),
    path("board/", views.board, name="board"),
    path("<uuid:stream>/", views.order, name="order"),
]
