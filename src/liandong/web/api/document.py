"""The OpenAPI document says what really comes: refusals as problem documents, files as bytes."""

from __future__ import annotations

from http.client import responses as phrases
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

__all__ = ["PROBLEM_TYPE", "DocumentedApi"]

#: Media type of every refusal (RFC 9457).
PROBLEM_TYPE = "application/problem+json"
#: Ends the address of a file.
FILE = "/files/{digest}"


#: With what every operation may be refused. Said here once: named at each operation, the framework would make a thousand models at every start.
REFUSALS = (400, 401, 403, 404, 409, 413, 422, 503)
PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}


class DocumentedApi(NinjaAPI):
    """An API whose document names the refusals of every operation, and the media types that are sent; the framework names that of its renderer for all."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the document."""
        document = super().get_openapi_schema(**given)
        for path, methods in document["paths"].items():
            for operation in methods.values():
                for status in REFUSALS:
                    operation["responses"][status] = {"description": phrases[status]}
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {PROBLEM_TYPE: PROBLEM}
                if path.endswith(FILE):
                    _as_file(operation["responses"])
        return document


def _as_file(responses: dict[Any, dict[str, Any]]) -> None:
    """Say that bytes are answered: pictures as what they are, all else as bytes, whole or a range."""
    bytes_ = {"schema": {"type": "string", "format": "binary"}}
    content = {"application/octet-stream": bytes_, "image/*": bytes_}
    responses[200]["content"] = content
    responses[206] = {"description": "The range that was asked for", "content": content}
    responses[416] = {"description": "No such range"}
