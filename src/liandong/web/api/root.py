"""The API itself: who may come in, how refusals look, which routers there are."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as NinjaValidationError

from liandong.domain.errors import LiandongError
from liandong.web.api import consultations as _consultations  # noqa: F401 - adds convening and the rulings in force
from liandong.web.api import returns as _returns  # noqa: F401 - adds return reasons and negotiations
from liandong.web.api import streams as _streams  # noqa: F401 - adds lists and acts to the same router
from liandong.web.api import supervisions as _supervisions  # noqa: F401 - adds the ladder and the demonstration's clock
from liandong.web.api import visits as _visits  # noqa: F401 - adds return visits and samples
from liandong.web.api.absences import router as absences
from liandong.web.api.access import TokenAuth
from liandong.web.api.advice import router as advice
from liandong.web.api.appeals import router as appeals
from liandong.web.api.document import PROBLEM_TYPE, DocumentedApi
from liandong.web.api.evidence import router as evidence
from liandong.web.api.exchange import router as exchange
from liandong.web.api.files import router as files
from liandong.web.api.follow import router as follow
from liandong.web.api.many import router as many
from liandong.web.api.patrols import router as patrols
from liandong.web.api.practice import router as practice
from liandong.web.api.proof import router as proof
from liandong.web.api.replies import router as replies
from liandong.web.api.standards import router as standards
from liandong.web.api.suggestions import router as suggestions
from liandong.web.api.transcripts import router as transcripts
from liandong.web.api.triage_errors import router as triage_errors
from liandong.web.problems import database_problem, language_of, problem_body, problem_of, wrong_shape

__all__ = ["api"]

api = DocumentedApi(
    title="联动 Liandong",
    version="1",
    description="One story told once, handled by 110 and 12345 together. Errors are application/problem+json with a stable `code`.",
    auth=TokenAuth(),
    urls_namespace="api",
)
api.add_router("", many)
api.add_router("", appeals)
api.add_router("", advice)
api.add_router("", triage_errors)
api.add_router("", proof)
api.add_router("", transcripts)
api.add_router("", practice)
api.add_router("", suggestions)
api.add_router("", patrols)
api.add_router("", absences)
api.add_router("", exchange)
api.add_router("", standards)
api.add_router("", evidence)
api.add_router("", files)
api.add_router("", follow)
api.add_router("", replies)


def problem(body: dict[str, Any]) -> HttpResponse:
    """Return a refusal as application/problem+json."""
    return JsonResponse(body, status=int(body["status"]), content_type=PROBLEM_TYPE, json_dumps_params={"ensure_ascii": False})


def _language(request: HttpRequest) -> str:
    return language_of(request.headers.get("Accept-Language", ""))


@api.exception_handler(LiandongError)
def refused(request: HttpRequest, error: LiandongError) -> HttpResponse:
    """A refusal of the domain or a use case."""
    return problem(problem_of(error, _language(request)))


@api.exception_handler(NinjaValidationError)
def malformed(request: HttpRequest, error: NinjaValidationError) -> HttpResponse:
    """The request does not have the documented shape."""
    return problem(wrong_shape(error.errors, _language(request)))


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token, or one we do not know."""
    answer = problem(problem_body("access.unknown_token", _language(request)))
    answer["WWW-Authenticate"] = 'Bearer realm="liandong"'
    return answer


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    code = "request.not_json" if error.status_code == 400 else "input.invalid"
    return problem(problem_body(code, _language(request), {"detail": str(error.message)[:200]}, status=error.status_code))


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body larger than this node reads."""
    return problem(problem_body("request.too_large", _language(request), {"limit": 4 * 1024 * 1024}))


@api.exception_handler(Http404)
def nothing_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """No such address."""
    return problem(problem_body("stream.not_found", _language(request), {"id": ""}))


@api.exception_handler(DatabaseError)
def database_away(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    """The database is away or too busy: try again; nothing was half done. A value that it cannot hold is the caller's."""
    answer = problem(database_problem(error, _language(request)))
    if answer.status_code == 503:
        answer["Retry-After"] = "1"
    return answer
