"""What happens around every screen: the language chosen, what a page may load, and words for every refusal."""

from __future__ import annotations

import logging
from collections.abc import Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation

from liandong.domain.errors import LiandongError
from liandong.web.problems import language_of, problem_body, sentence_of, status_of

__all__ = ["POLICY", "chosen_language", "content_policy", "words_for_refusals"]

log = logging.getLogger("liandong.web")

#: What a page may load: its own files, nothing else, no script or style inside the page.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
#: Doors of machines: they speak JSON and have their own words.
MACHINES = ("/api/", "/exchange/v1/", "/health", "/metrics")

Handler = Callable[[HttpRequest], HttpResponse]


class _Around:
    """A middleware that works the same before a sync and an async view, without a thread of its own."""

    async_capable = True
    sync_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.awaits = iscoroutinefunction(get_response)
        if self.awaits:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest):  # type: ignore[no-untyped-def]
        self.before(request)
        if self.awaits:
            return self._later(request)
        return self.after(request, self.get_response(request))

    async def _later(self, request: HttpRequest) -> HttpResponse:
        return self.after(request, await self.get_response(request))  # type: ignore[misc]

    def before(self, request: HttpRequest) -> None:
        """Do something before the view."""

    def after(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the response, changed or not."""
        return response


class chosen_language(_Around):  # noqa: N801
    """Chinese, unless this person pressed the switch; what the browser prefers does not decide."""

    def before(self, request: HttpRequest) -> None:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]


class content_policy(_Around):  # noqa: N801
    """Say on every page what it may load."""

    def after(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(self), microphone=(self)")
        # Pages carry citizens' words: nobody between keeps a copy.
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class words_for_refusals(_Around):  # noqa: N801
    """Turn an error this program raises on purpose into a page, or a line for a part of a page."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer for a known refusal; anything else is a defect and goes on to the 500 page."""
        if request.path.startswith(MACHINES):
            return None
        if isinstance(exception, RequestDataTooBig):
            return refusal_page(request, LiandongError("request.too_large", limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
        if isinstance(exception, TooManyFieldsSent | SuspiciousOperation):
            return refusal_page(request, LiandongError("input.invalid", detail="…"), status=400)
        if isinstance(exception, LiandongError):
            return refusal_page(request, exception)
        return None

    def after(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Say to a machine in its own form that an address or a method is none; the framework answers in HTML."""
        code = {404: "request.no_address", 405: "request.wrong_method"}.get(response.status_code)
        if code is None or not request.path.startswith("/api/") or "json" in response.get("Content-Type", ""):
            return response
        told = problem_body(code, language_of(request.headers.get("Accept-Language", "")))
        answer = JsonResponse(told, status=response.status_code, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False})
        if response.has_header("Allow"):
            answer["Allow"] = response["Allow"]
        return answer


def refusal_page(request: HttpRequest, error: LiandongError, status: int | None = None) -> HttpResponse:
    """Return a refusal as a part of a page when a part was asked for, else as a page."""
    status = status or status_of(error.code)
    shown = {"sentence": sentence_of(error, translation.get_language() or ""), "code": error.code, "status": status}
    if request.headers.get("HX-Request"):
        # 422 is what the page swaps in (see live.js): the words stand where the person is.
        return render(request, "shell/refusal_part.html", shown, status=422)
    return render(request, "shell/refusal.html", shown, status=status)
