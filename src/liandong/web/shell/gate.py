"""The gate before every desk: signed in, and this desk is yours; a part of a page is told how to go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from liandong.domain.errors import LiandongError, fill
from liandong.web.rights import may_open
from liandong.web.shell.mark import newest
from liandong.web.shell.middleware import refusal_page

__all__ = ["gate", "language"]

View = Callable[..., HttpResponse]


def language() -> str:
    """Return ``zh`` or ``en``: what the domain's sentences come in."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def gate(*desks: str) -> Callable[[View], View]:
    """Return a decorator that lets in who has one of the desks; without a desk, everybody who is signed in."""

    def around(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return _signed_out(request)
            if desks and not any(may_open(request.user, desk) for desk in desks):
                return refusal_page(request, LiandongError("access.forbidden"))
            if request.method == "GET" and not _is_part(request):
                # Before the page reads anything: what happens from here on, its line has to tell it.
                request.heard_until = newest()  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return inner

    return around


def _is_part(request: HttpRequest) -> bool:
    """Tell whether a page that stands already asks, for a part of itself or for words of a call."""
    return bool(request.headers.get("HX-Request") or request.headers.get("X-Requested-With"))


def _signed_out(request: HttpRequest) -> HttpResponse:
    if _is_part(request):
        return HttpResponse(fill("access.signed_out", {}, language()), status=401, content_type="text/plain; charset=utf-8")
    wanted = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "") and request.path
    return HttpResponse(status=302, headers={"Location": f"{reverse('sign-in')}?{urlencode({'next': wanted or '/'})}"})
