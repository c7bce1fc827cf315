"""Every error code with its words, its HTTP status and whether trying again helps."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import liandong
from liandong.domain.errors import MESSAGES

from .markdown import HEAD, code, table

__all__ = ["load_messages", "pages"]

SOURCE = Path(liandong.__file__).parent


def load_messages() -> None:
    """Import every module that adds codes, so that ``MESSAGES`` is whole."""
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "MESSAGES" in text and _adds(ast.parse(text)):
            parts = file.relative_to(SOURCE.parent).with_suffix("").parts
            importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def _adds(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        if (stored or isinstance(node, ast.Attribute)) and isinstance(node.value, ast.Name) and node.value.id == "MESSAGES":  # type: ignore[attr-defined]
            return True
    return False


def pages() -> dict[str, str]:
    """Return ``errors.md``."""
    from liandong.web.problems import status_of

    load_messages()
    families: dict[str, list[str]] = {}
    for each in sorted(MESSAGES):
        families.setdefault(each.partition(".")[0], []).append(each)
    lines = ["# Error codes 错误码", HEAD, ""]
    lines += ["A refusal carries one of these codes. A code never changes its meaning; its words may. The API answers with"]
    lines += ["`application/problem+json` whose `code` is the code, `detail` the sentence in the language of `Accept-Language`, and"]
    lines += ["`retry_helps` whether the same request may succeed later without change. The command line prints both sentences and ends with 1.", ""]
    lines += [f"{len(MESSAGES)} codes. `{{names}}` are filled in from the error's data.", ""]
    for family, names in families.items():
        rows = [(code(each), status_of(each), "yes" if MESSAGES[each].retry_helps else "", MESSAGES[each].zh, MESSAGES[each].en) for each in names]
        lines += [f"## {family}", "", *table(("code", "HTTP", "retry", "中文", "English"), rows), ""]
    return {"errors.md": "\n".join(lines)}
