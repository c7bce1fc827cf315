"""Addresses of the records."""

from __future__ import annotations

from django.urls import path

from liandong.web.records import acting, evidence, files, onward, standards, views

app_name = "records"
urlpatterns = [
    path("", views.home, name="home"),
    path("files/", files.begin, name="begin_file"),
    path("files/<slug:upload>/", files.send, name="send_file"),
    path("<uuid:stream>/files/<str:digest>/", files.file, name="file"),
    path("<uuid:stream>/evidence.html", evidence.report, name="evidence"),
    path("<uuid:stream>/eido.json", standards.eido, name="eido"),
    path("<uuid:stream>/ucri2/<slug:message>.json", standards.ucri2, name="ucri2"),
    path("<str:ref>/", views.record, name="record"),
    path("<uuid:stream>/guidance/", views.guidance, name="guidance"),
    path("<uuid:stream>/parts/", views.parts, name="parts"),
    path("<uuid:stream>/onward/", onward.onward, name="onward"),
    path("<uuid:stream>/act/<slug:command>/", acting.act_form, name="act"),
]
