"""Every address of the HTTP API, from its OpenAPI document."""

from __future__ import annotations

from typing import Any

from .markdown import HEAD, code, codes, table

__all__ = ["pages", "schema"]


def schema() -> dict[str, Any]:
    """Return the OpenAPI document of the API."""
    from liandong.web.api.root import api

    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def pages() -> dict[str, str]:
    """Return ``api.md``."""
    document = schema()
    shapes: dict[str, Any] = document["components"]["schemas"]
    operations = [
        (path, method.upper(), operation) for path, methods in sorted(document["paths"].items()) for method, operation in sorted(methods.items())
    ]
    lines = ["# HTTP API", HEAD, "", document["info"].get("description", ""), ""]
    lines += ["A running node serves the whole document at `/api/v1/openapi.json`, without a token."]
    lines += ["Every call carries `Authorization: Bearer ld_…` ([how to get a token](../how-to/people-and-tokens.md)). A `POST` may carry"]
    lines += ["`Idempotency-Key`: sent again with the same key, it is done once and answered as the first time.", ""]
    lines += table(("method", "address", "what", "body", "answer"), [_row(*each) for each in operations])
    lines += ["", "What `…/acts/{command}` takes in `data` is the row of the record's table: see [states](states/README.md)."]
    lines += ["Refusals are `application/problem+json`: see [error codes](errors.md).", ""]
    for name, shape in sorted(shapes.items()):
        if shape.get("properties"):
            lines += [f"## {name}", "", shape.get("description", ""), "", *_shape(shape), ""]
    return {"api.md": "\n".join(lines)}


def _row(path: str, method: str, operation: dict[str, Any]) -> tuple[str, ...]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = [
        f"{status} {_answer(answer.get('content', {}))}"
        for status, answer in operation["responses"].items()
        if str(status).startswith("2")
    ]
    asked = codes(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")
    what = operation.get("summary", "") + (f" (query: {asked})" if asked else "")
    return method, code(path), what, _type(body), ", ".join(answers)


def _answer(content: dict[str, Any]) -> str:
    return "bytes" if "application/octet-stream" in content else _type(content.get("application/json", {}).get("schema", {}))


def _type(schema: dict[str, Any]) -> str:
    if not schema:
        return ""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema or "const" in schema:
        return codes(each or '""' for each in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {})) or 'any'}"
    return str(schema.get("type", "any"))


def _shape(shape: dict[str, Any]) -> list[str]:
    required = set(shape.get("required", ()))
    rows = []
    for name, each in shape["properties"].items():
        bounds = [f"{word} {each[key]}" for key, word in (("maxLength", "at most"), ("minimum", "from"), ("maximum", "to")) if key in each]
        rows.append((code(name), _type(each), "yes" if name in required else "", "; ".join(map(str, bounds))))
    return table(("field", "type", "required", "bounds"), rows)
