"""Addresses of the shell."""

from __future__ import annotations

from django.urls import path

from liandong.web.shell import views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/demonstration/", views.sign_in_demonstration, name="sign-in-demonstration"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.choose_language, name="language"),
    path("offline/", views.offline, name="offline"),
    path("worker.js", views.service_worker, name="worker"),
]
