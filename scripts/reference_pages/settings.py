"""Settings of a node and the environment variables that are read, from the source of ``node.settings``."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from pathlib import Path
from typing import Any

from liandong.node import settings as node_settings

from .markdown import HEAD, code, table

__all__ = ["comments", "environment", "pages", "setting_classes"]


def setting_classes() -> list[type[Any]]:
    """Return the public dataclasses of ``node.settings``, the node's first."""
    found = [getattr(node_settings, name) for name in node_settings.__all__]
    classes = [each for each in found if inspect.isclass(each) and dataclasses.is_dataclass(each)]
    return sorted(classes, key=lambda each: (each is not node_settings.NodeSettings, each.__name__))


def comments(owner: type[Any]) -> dict[str, str]:
    """Return what stands in ``#:`` comments above each field of a class; ``""`` where nothing does."""
    words: dict[str, str] = {}
    held: list[str] = []
    for line in inspect.getsource(owner).splitlines():
        said = re.match(r"\s+#: ?(.*)", line)
        named = re.match(r"    (\w+): ", line)
        if said:
            held.append(said[1])
        elif named:
            words[named[1]] = " ".join(held)
            held = []
    return words


def environment(root: Path) -> dict[str, str]:
    """Return the environment variables that ``node.settings`` reads, with the sentence of where it does."""
    file = root / "src" / "liandong" / "node" / "settings.py"
    text = file.read_text(encoding="utf-8")
    constants = {name: value for name, value in vars(node_settings).items() if isinstance(value, str) and name.isupper()}
    found: dict[str, str] = {}
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for inner in ast.walk(node):
            name = _read(inner, constants)
            if name:
                found.setdefault(name, _sentence(ast.get_docstring(node) or ""))
    for said, name in re.findall(r"#: ([^\n]*)\n(\w+) = ", text):
        if constants.get(name) in found:
            found[constants[name]] = said
    return found


def _sentence(text: str) -> str:
    """Return the first line of a docstring as a sentence about the thing, not about the function."""
    line = re.sub(r"^Return ", "", text.partition("\n")[0])
    return line[:1].upper() + line[1:]


def _read(node: ast.AST, constants: dict[str, str]) -> str:
    """Return the variable that ``os.environ[…]`` or ``os.environ.get(…)`` reads, or ``""``."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        key = node.slice
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv") and node.args:
        key = node.args[0]
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    return constants.get(key.id, "") if isinstance(key, ast.Name) else ""


def pages(root: Path) -> dict[str, str]:
    """Return ``settings.md``."""
    lines = ["# Settings 设置", HEAD, "", "## Environment variables 环境变量", ""]
    lines += ["Everything else is in files; nothing but these is read from the environment.", ""]
    lines += table(("variable", "what"), [(code(name), said.replace("``", "`")) for name, said in environment(root).items()])
    for owner in setting_classes():
        said = comments(owner)
        title = "## `node.toml`" if owner is node_settings.NodeSettings else f"## `{owner.__name__}`: one entry of a list in `node.toml`"
        rows = [(code(each.name), each.type, _default(each), said.get(each.name, "").replace("``", "`")) for each in dataclasses.fields(owner)]
        lines += ["", title, "", (inspect.getdoc(owner) or "").partition("\n\n")[0], ""]
        lines += table(("setting", "type", "default", "what"), rows)
    lines += ["", "A setting that is missing, unknown or wrong is refused at start with `settings.wrong`, its name and what it should be."]
    return {"settings.md": "\n".join(lines)}


def _default(each: dataclasses.Field[Any]) -> str:
    if each.default is not dataclasses.MISSING:
        return code(repr(each.default))
    if each.default_factory is not dataclasses.MISSING:
        return code(repr(each.default_factory()))
    return "required"
