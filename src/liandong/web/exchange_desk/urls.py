"""Addresses of the exchange desk."""

from __future__ import annotations

from django.urls import path

from liandong.web.exchange_desk import views

app_name = "exchange"
urlpatterns = [
    path("", views.home, name="home"),
    path("parts/", views.parts, name="parts"),
    path("retry/<int:position>/", views.retried, name="retry"),
    path("send-again/<int:position>/", views.again, name="send-again"),
    path("replay/", views.replayed, name="replay"),
]
