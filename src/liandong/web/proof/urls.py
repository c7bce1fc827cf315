"""Addresses of the proofs."""

from __future__ import annotations

from django.urls import path

from liandong.web.proof import views

app_name = "proof"
urlpatterns = [path("", views.home, name="home"), path("<str:ref>/", views.record, name="record")]
