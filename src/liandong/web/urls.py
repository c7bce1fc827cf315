"""The addresses of the screens, one include for each desk."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("liandong.web.shell.urls")),
    path("desk/", include("liandong.web.calltaker.urls")),
    path("orders/", include("liandong.web.agent.urls")),
    path("review/", include("liandong.web.review.urls")),
    path("overview/", include("liandong.web.overview.urls")),
    path("calls/", include("liandong.web.calls.urls")),
    path("consultations/", include("liandong.web.consultations.urls")),
    path("alerts/", include("liandong.web.alerts.urls")),
    path("unit/", include("liandong.web.unit.urls")),
    path("absences/", include("liandong.web.absences.urls")),
    path("supervision/", include("liandong.web.supervision.urls")),
    path("visits/", include("liandong.web.visits.urls")),
    path("records/", include("liandong.web.records.urls")),
    path("exchange/", include("liandong.web.exchange_desk.urls")),
    path("move-car/", include("liandong.web.movecar.urls")),
    path("follow/", include("liandong.web.follow.urls")),
    path("triage-errors/", include("liandong.web.triage_errors.urls")),
    path("proof/", include("liandong.web.proof.urls")),
    path("practice/", include("liandong.web.practice.urls")),
    path("live/", include("liandong.web.live.urls")),
]
