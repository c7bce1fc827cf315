"""Sign in, sign out, the language switch, home, and the page shown when the node cannot be reached."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from liandong.adapters.postgres.models import User
from liandong.domain.journal.facts import Role
from liandong.web.reading.pack_words import unit_name
from liandong.web.rights import home_of
from liandong.web.shell.words import role_words

__all__ = ["choose_language", "home", "offline", "service_worker", "sign_in", "sign_in_demonstration", "sign_out"]

#: Cards of the demonstration in the order people meet them.
ORDER = [each.value for each in Role]
BACKEND = "django.contrib.auth.backends.ModelBackend"


def home(request: HttpRequest) -> HttpResponse:
    """Go to the desk of the role, or to the sign-in."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    return redirect(f"{home_of(request.user)}:home")


def _next(request: HttpRequest) -> str:
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and not wanted.startswith(reverse("sign-in")) else ""


def _cards() -> list[dict[str, Any]]:
    """Return the demonstration's people, by role; empty where it is no demonstration."""
    if not getattr(settings, "DEMONSTRATION", False):
        return []
    people = User.objects.filter(demonstration=True, is_active=True)
    made = [
        {
            "username": each.get_username(),
            "name": each.get_full_name() or each.first_name or each.get_username(),
            "role": each.role,
            "role_words": role_words(each.role),
            "unit": unit_name(each.unit) if each.unit else "",
        }
        for each in people
    ]
    return sorted(made, key=lambda each: (ORDER.index(each["role"]) if each["role"] in ORDER else 99, each["username"]))


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or take it; what was typed as a name stays typed."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_next(request) or "home")
    shown: dict[str, Any] = {"next": _next(request), "username": "", "cards": _cards()}
    if request.method == "POST":
        username, password = str(request.POST.get("username", "")), str(request.POST.get("password", ""))
        shown["username"] = username[:150]
        person = None
        if "\x00" not in username + password and len(username) <= 150 and len(password) <= 4096:
            person = authenticate(request, username=username, password=password)
        if person is not None:
            login(request, person)
            return _arrive(request)
        shown["wrong"] = _("用户名或密码不对，请核对后再试。")
        return render(request, "shell/sign_in.html", shown, status=422)
    return render(request, "shell/sign_in.html", shown)


@require_POST
def sign_in_demonstration(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's people; outside the demonstration there is no such page."""
    if not getattr(settings, "DEMONSTRATION", False):
        raise Http404
    name = str(request.POST.get("username", ""))[:150].replace("\x00", "")
    person = User.objects.filter(demonstration=True, is_active=True, username=name).first()
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    return _arrive(request)


def _arrive(request: HttpRequest) -> HttpResponse:
    return redirect(_next(request) or f"{home_of(request.user)}:home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; before it, the page puts what was typed on the node (desk.js)."""
    logout(request)
    return redirect("sign-in")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language of this browser and go back to the page."""
    wanted = str(request.POST.get("language", ""))
    response: HttpResponseRedirect = redirect(_next(request) or "home")
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86_400, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """The page that the browser keeps for when the node cannot be reached."""
    return render(request, "shell/offline.html")


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker from the root, so that it may answer for every page."""
    from django.contrib.staticfiles import finders

    found = finders.find("worker.js")
    if not isinstance(found, str):
        raise Http404
    with open(found, encoding="utf-8") as script:  # noqa: PTH123
        return HttpResponse(script.read(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
