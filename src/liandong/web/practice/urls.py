"""Addresses of the practice mode."""

from __future__ import annotations

from django.urls import path

from liandong.web.practice import views

app_name = "practice"
urlpatterns = [
    path("", views.home, name="home"),
    path("cases/<int:person>/", views.cases_of, name="cases"),
    path("begin/", views.start, name="begin"),
    path("team/<int:person>/", views.member, name="member"),
    path("<uuid:round_id>/", views.play, name="round"),
    path("<uuid:round_id>/answer/", views.take_answer, name="answer"),
]
