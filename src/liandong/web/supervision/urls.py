"""Addresses of the supervisor's desk."""

from __future__ import annotations

from django.urls import path

from liandong.web.supervision import returns, views

app_name = "supervision"
urlpatterns = [
    path("", views.home, name="home"),
    path("returns/", returns.page, name="returns"),
    path("board/", views.board, name="board"),
    path("begin/<uuid:stream>/", views.begin, name="begin"),
    path("start/<uuid:stream>/", views.start, name="start"),
    path("circular/<uuid:stream>/", views.circular, name="circular"),
    path("file/<uuid:stream>/", views.referral_file, name="file"),
]
