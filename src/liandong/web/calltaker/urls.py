"""Addresses of the desk where calls are taken."""

from __future__ import annotations

from django.urls import path

from liandong.web.calltaker import advising, correcting, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("verdict/", views.verdict, name="verdict"),
    path("advice/", advising.advice, name="advice"),
    path("calls/", views.calls, name="calls"),
    path("corrected/<uuid:appeal>/", correcting.correct, name="correct"),
    path("rerouted/<uuid:appeal>/", correcting.reroute, name="reroute"),
    path("<slug:slot>/", views.sheet, name="sheet"),
    path("<slug:slot>/draft/", views.draft, name="draft"),
    path("<slug:slot>/transcript/", views.transcript, name="transcript"),
    path("<slug:slot>/take/", views.take, name="take"),
    path("<slug:slot>/call/", views.finish, name="finish"),
]
