"""``/metrics`` for Prometheus: what waits, what fails, what is due; no record and no person in it.

Figures of the node are read from the database at the moment of asking, each from an index; the time of answers is counted in this
process. Only for callers on this machine that came without a proxy, and for those with a token of the API.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest

from liandong.web.api.access import TokenAuth
from liandong.web.problems import problem_body
from liandong.web.reading.return_rate import return_rate
from liandong.web.world import keyring, world

__all__ = ["answer_times", "metrics"]

#: Headers by which a proxy says whom it speaks for: who has one is not at this machine.
PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
PROCESS = CollectorRegistry()
SECONDS = Histogram(
    "liandong_http_seconds", "Time to answer a request.", ("part", "method", "status"), registry=PROCESS,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
PARTS = frozenset({"api", "exchange", "health", "metrics", "static", "live", "desk", "orders", "review", "overview", "calls", "alerts", "unit", "supervision", "records"})

WAITING = """
SELECT peer, count(*), count(*) FILTER (WHERE parked), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8, coalesce(max(attempts), 0)
FROM outbox WHERE sent_at IS NULL GROUP BY peer"""
#: name -> (help, query of one number). Totals are read from the newest position: a counter that an index gives at once.
SINGLE: dict[str, tuple[str, str]] = {
    "liandong_journal_entries": ("Entries written so far (newest position).", "SELECT coalesce(max(position), 0) FROM journal"),
    "liandong_messages_written": ("Messages for peers written so far (newest position).", "SELECT coalesce(max(position), 0) FROM outbox"),
    "liandong_messages_taken": ("Messages of peers taken so far (newest position).", "SELECT coalesce(max(position), 0) FROM inbox"),
    "liandong_quarantined": ("Messages of peers that wait for a person.", "SELECT count(*) FROM inbox WHERE state = 'quarantined'"),
    "liandong_appeals_5m": (
        "Appeals taken in the last five minutes.",
        "SELECT count(*) FROM stream WHERE kind = 'appeal' AND updated_at > now() - interval '5 minutes' AND opened_at > now() - interval '5 minutes'",
    ),
    "liandong_timers_failing": ("Clocks that could not be acted on.", "SELECT count(*) FROM timer WHERE next_at IS NOT NULL AND attempts > 0"),
    "liandong_root_number": ("Number of the newest root of the journal.", "SELECT coalesce(max(number), 0) FROM journal_root"),
    "liandong_root_age_seconds": (
        "Age of the newest root of the journal; -1 before the first.",
        "SELECT coalesce(extract(epoch FROM now() - max(at)), -1)::float8 FROM journal_root",
    ),
    "liandong_root_unwitnessed": (
        "Roots that no peer has said to keep yet.",
        "SELECT count(*) FROM journal_root r WHERE NOT EXISTS (SELECT 1 FROM root_witness w WHERE w.number = r.number)",
    ),
}


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the figures of this moment; 403 for strangers, 503 when the database does not answer."""
    if not _may_ask(request):
        return JsonResponse(problem_body("access.forbidden", "en"), status=403, content_type="application/problem+json")
    try:
        figures = _figures()
    except DatabaseError:
        return HttpResponse("# the database does not answer\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse(generate_latest(figures) + generate_latest(PROCESS), content_type=CONTENT_TYPE_LATEST)


def _may_ask(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if token:
        return scheme.lower() == "bearer" and TokenAuth().authenticate(request, token.strip()) is not None
    try:
        here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return here and not any(name in request.META for name in PROXIED)


def _figures() -> CollectorRegistry:
    registry = CollectorRegistry()

    def gauge(name: str, words: str, value: float) -> None:
        Gauge(name, words, registry=registry).set(value)

    with connection.cursor() as cursor:
        for name, (words, query) in SINGLE.items():
            cursor.execute(query)
            gauge(name, words, cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM timer WHERE next_at <= %s", [world().clock.now()])
        gauge("liandong_timers_due", "Clocks whose moment has come and that were not looked at yet.", cursor.fetchone()[0])
        cursor.execute(WAITING)
        waiting = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT peer, up, sent, refused, failures, clock_ahead_ms FROM peer_status")
        status = {row[0]: row[1:] for row in cursor.fetchall()}
    _peers(registry, waiting, {peer: each[0] for peer, each in status.items()})
    _carried(registry, status)
    rate = return_rate(world().clock.now())
    gauge("liandong_return_rate", "Handovers returned of those offered in seven days.", rate.per_mille / 1000)
    gauge("liandong_return_rate_before", "The same in the four weeks before.", rate.per_mille_before / 1000)
    gauge("liandong_return_rate_rising", "1 while the return rate rises.", int(rate.rising))
    return registry


def _peers(registry: CollectorRegistry, waiting: dict[str, Any], up: dict[str, bool]) -> None:
    shown = {
        "liandong_peer_waiting": ("Messages that wait for a peer.", 0),
        "liandong_peer_parked": ("Messages for a peer that wait for a person.", 1),
        "liandong_peer_oldest_seconds": ("Age of the oldest message that waits for a peer.", 2),
        "liandong_peer_attempts": ("Most failures of one waiting message.", 3),
    }
    names = [each.name for each in world().desk.peers]
    for name, (words, column) in shown.items():
        gauge = Gauge(name, words, ("peer",), registry=registry)
        for peer in names:
            gauge.labels(peer).set(waiting.get(peer, (0, 0, 0, 0))[column])
    answering = Gauge("liandong_peer_up", "1 while a peer answers; absent before the first exchange.", ("peer",), registry=registry)
    expiring = Gauge("liandong_peer_key_seconds", "Time until the last day of a peer's newest key.", ("peer",), registry=registry)
    for peer in names:
        if peer in up:
            answering.labels(peer).set(int(up[peer]))
        keys = [key for key in keyring().peer_keys(peer) if key.revoked is None]
        if keys:
            expiring.labels(peer).set((keys[0].not_after - keyring().clock()).total_seconds())


def _carried(registry: CollectorRegistry, status: dict[str, Any]) -> None:
    """Tell what the worker counted of each peer since there is one, and how its clock stands to ours."""
    shown = {
        "liandong_peer_sent": ("Messages that a peer has taken; divide by time for the rate.", 1),
        "liandong_peer_refused": ("Messages that a peer refused or put off, each try counted.", 2),
        "liandong_peer_failures": ("Batches that a peer did not answer as it should.", 3),
    }
    names = [each.name for each in world().desk.peers if each.name in status]
    for name, (words, column) in shown.items():
        gauge = Gauge(name, words, ("peer",), registry=registry)
        for peer in names:
            gauge.labels(peer).set(status[peer][column])
    ahead = Gauge("liandong_peer_clock_ahead_seconds", "How far a peer's clock is ahead of ours; 0 where the difference may be nothing.", ("peer",), registry=registry)
    for peer in names:
        if status[peer][4] is not None:
            ahead.labels(peer).set(status[peer][4] / 1000)


class answer_times:  # noqa: N801
    """A middleware that counts how long answers take; of a stream, the time until it begins."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        from asgiref.sync import iscoroutinefunction, markcoroutinefunction

        self.get_response = get_response
        self.awaits = iscoroutinefunction(get_response)
        if self.awaits:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        begun = time.perf_counter()
        if self.awaits:
            return self._later(request, begun)
        return _counted(request, self.get_response(request), begun)

    async def _later(self, request: HttpRequest, begun: float) -> HttpResponse:
        return _counted(request, await self.get_response(request), begun)


def _counted(request: HttpRequest, response: HttpResponse, begun: float) -> HttpResponse:
    part = request.path.strip("/").partition("/")[0]
    method = request.method if request.method in ("GET", "POST", "HEAD") else "other"
    SECONDS.labels(part if part in PARTS else "other", method, f"{response.status_code // 100}xx").observe(time.perf_counter() - begun)
    return response
