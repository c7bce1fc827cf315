"""Error codes to HTTP status: the one place that knows which is which."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import DatabaseError, DataError

from liandong.domain.errors import MESSAGES, CommandRefused, LiandongError, fill
from liandong.web.domain_english import english

__all__ = ["database_problem", "language_of", "problem_body", "problem_of", "sentence_of", "status_of", "wrong_shape"]

log = logging.getLogger("liandong.api")

#: Codes whose status differs from that of their family.
BY_CODE = {
    "visit.not_owed": 409,
    "inspection.not_all": 409,
    "inspection.own_work": 403,
    "access.unknown_token": 401,
    "access.signed_out": 401,
    "access.forbidden": 403,
    "command.not_allowed": 403,
    "command.other_end": 403,
    "order.not_your_unit": 403,
    "order.no_unit": 403,
    "part.not_called": 403,
    "part.over": 409,
    "part.called_before": 409,
    "absence.not_yours": 403,
    "absence.not_found": 404,
    "absence.over": 409,
    "absence.overlaps": 409,
    "absence.substitute_away": 409,
    "unit.away": 409,
    "person.away": 409,
    "demonstration.only": 403,
    "supervision.nothing_to_supervise": 409,
    "supervision.other_unit": 403,
    "stream.not_found": 404,
    "stream.conflict": 409,
    "command.not_in_state": 409,
    "handover.already": 409,
    "handover.not_so_far": 409,
    "replay.no_peer": 404,
    "service.danger": 409,
    "service.unknown_code": 404,
    "service.too_many": 429,
    "appeal.ended": 409,
    "appeal.work_begun": 409,
    "appeal.not_related": 409,
    "call.placed": 409,
    "appeal.not_established": 409,
    "appeal.referred_before": 409,
    "appeal.danger_not_joined": 409,
    "number.taken": 409,
    "file.wrong_offset": 409,
    "file.unknown": 404,
    "file.too_large": 413,
    "file.no_space": 507,
    "idempotency.reused": 409,
    "request.too_large": 413,
    "request.no_address": 404,
    "request.wrong_method": 405,
    "request.not_json": 400,
    "command.not_yet": 501,
    "peer.unavailable": 503,
    "adviser.off": 409,
    "adviser.busy": 429,
    "adviser.silent": 504,
    "adviser.failed": 502,
    "adviser.unreadable": 502,
    "handover.no_peer": 503,
    "follow.unknown_code": 404,
    "follow.too_many": 429,
    "follow.nothing_to_rate": 409,
    "follow.nothing_asked": 409,
}
#: What a code that is not listed gets: the request was understood and cannot be taken as it is.
ELSE = 422


def status_of(code: str) -> int:
    """Return the HTTP status of an error code."""
    return BY_CODE.get(code, ELSE)


def problem_body(code: str, language: str, data: Mapping[str, Any] | None = None, status: int | None = None, clause: str = "") -> dict[str, Any]:
    """Return a refusal as the body of an application/problem+json answer.

    Parameters:
        language: ``zh`` or ``en``.
        data: what its sentence names; the names it may show are shown as well.
    """
    body = {
        "type": f"urn:liandong:{code}",
        "title": code,
        "status": status or status_of(code),
        "code": code,
        "detail": fill(code, data or {}, language),
        "retry_helps": MESSAGES[code].retry_helps,
    }
    if clause:
        body["clause"] = clause
    return body | {name: data[name] for name in ("allowed", "names", "roles", "codes") if data and name in data}


def problem_of(error: LiandongError, language: str) -> dict[str, Any]:
    """Return a refusal of the domain or a use case as the body of an answer, with its clause."""
    clause = error.refusal.clause if isinstance(error, CommandRefused) else ""
    return problem_body(error.code, language, dict(error.data), clause=clause)


def wrong_shape(errors: Iterable[Mapping[str, Any]], language: str) -> dict[str, Any]:
    """Return that a request does not have the documented shape: says where and how, never what was sent."""
    places = [f"{'.'.join(str(part) for part in each.get('loc', ())[-2:])}: {each.get('msg', '')}" for each in islice(errors, 5)]
    return problem_body("input.invalid", language, {"detail": "; ".join(places)[:500]}, status=422)


def database_problem(error: DatabaseError, language: str) -> dict[str, Any]:
    """Return what a failing database means: a value it cannot hold is the caller's, anything else passes and nothing was half done."""
    if isinstance(error, DataError):
        return problem_body("input.invalid", language, {"detail": "a value that no record can hold"}, status=422)
    log.error("database error", extra={"action": "api.database", "error": type(error).__name__})
    return problem_body("server.no_database", language, {"detail": type(error).__name__}, status=503)


def language_of(accepted: str) -> str:
    """Return ``zh`` or ``en`` for what a machine accepts (``Accept-Language``)."""
    return "en" if accepted.lower().startswith("en") else "zh"


def sentence_of(error: LiandongError, language: str) -> str:
    """Return the sentence of an error in the reader's language; names of fields are put into it where they are known.

    Parameters:
        language: as Django says it: ``zh-hans`` or ``en``.
    """
    from liandong.web.field_words import field_words

    short = "en" if language.startswith("en") else "zh"
    data = dict(error.data)
    names = data.get("names")
    if short == "en":
        if error.code == "input.required" and isinstance(names, list):
            data["fields"] = [field_words(str(name), "en") for name in names]
        if error.code == "command.not_allowed" and isinstance(data.get("roles"), list):
            data["who"] = [str(role).replace("_", " ") for role in data["roles"]]
        data = {name: english(value) for name, value in data.items()}
    return fill(error.code, data, short) if error.code in MESSAGES else error.code
