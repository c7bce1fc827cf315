"""Addresses of the review desk."""

from __future__ import annotations

from django.urls import path

from liandong.web.review import views

app_name = "review"
urlpatterns = [
    path("", views.home, name="home"),
    path("list/", views.waiting, name="list"),
    path("<uuid:stream>/", views.one_review, name="one"),
]
