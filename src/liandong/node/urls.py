"""Every address of a node."""

from __future__ import annotations

from django.urls import include, path

from liandong.adapters.transports.http import BATCH_PATH, PIECE_PATH
from liandong.web.api.root import api
from liandong.web.exchange_view import batches, pieces
from liandong.web.health import health
from liandong.web.metrics import metrics

urlpatterns = [
    path(BATCH_PATH.lstrip("/"), batches),
    path(PIECE_PATH.lstrip("/"), pieces),
    path("health", health),
    path("metrics", metrics),
    path("api/v1/", api.urls),
    path("", include("liandong.web.urls")),
]
