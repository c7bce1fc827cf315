"""Every state, command, error code, CLI command, option and setting is documented; every link leads somewhere."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest

from liandong.application.world import MACHINES
from liandong.domain.errors import MESSAGES
from liandong.domain.journal.facts import Role, StreamKind
from liandong.domain.journal.machine import ROLE_TITLES, Machine
from scripts.reference_pages.cli import commands
from scripts.reference_pages.errors import load_messages
from scripts.reference_pages.settings import comments, environment, setting_classes

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "liandong"
CODE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
#: Written in pieces, so that this file does not hold what it looks for.
FORBIDDEN = [
    "/wo" + "rk/(main|wt|shared|steering)",
    "/tmp/ba" + "sh_jobs",
    "py" + r"pi\.org",
    "python" + "hosted",
    "registry" + r"\.npmjs",
    "deb" + r"\.debian",
]

load_messages()
machines = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.kind.value)


def tracked() -> list[Path]:
    """Return the files of the project; in a tree without git, those that would be."""
    if (ROOT / ".git").exists():
        done = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
        return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    left_out = {".venv", "node_modules", "vendor", "build", "dist"}
    return [each for each in ROOT.rglob("*") if each.is_file() and not left_out & set(each.parts)]


def documents() -> list[Path]:
    return [each for each in tracked() if each.suffix == ".md"]


def words_of_documents() -> str:
    return "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("glossary.md", "reference/words.md"))


# --- machines ---------------------------------------------------------------------------------------------------------


@machines
def test_every_state_and_command_has_words_and_every_row_a_source(machine: Machine) -> None:
    states = {each.value for each in machine.states}
    assert states == set(machine.sentences)
    for name in (states - {""}) | set(machine.commands):
        zh, en = machine.titles[name]
        assert zh, f"{name} has no Chinese word"
        assert en, f"{name} has no English word"
    assert [row for row in machine.rows if not row.source.strip()] == []


@machines
def test_every_state_command_guard_and_fact_is_on_the_page_of_its_machine(machine: Machine) -> None:
    page = (ROOT / "docs" / "reference" / "states" / f"{machine.kind.value}.md").read_text(encoding="utf-8")
    names = {each.value for each in machine.states if each.value} | set(machine.commands)
    names |= {row.fact for row in machine.rows} | {row.guard for row in machine.rows if row.guard}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_every_kind_role_state_and_command_is_in_the_glossary() -> None:
    words = words_of_documents()
    wanted = {f"`{each.value}`" for each in (*StreamKind, *Role)} | set(ROLE_TITLES.values())
    for machine in MACHINES.values():
        wanted |= {machine.title(each.value) for each in machine.states if each.value} | {machine.title(each) for each in machine.commands}
    assert [word for word in sorted(wanted) if word not in words] == []


def test_every_package_of_the_domain_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    packages = [each.parent.name for each in sorted((SOURCE / "domain").glob("*/__init__.py"))]
    assert packages
    assert [name for name in packages if f"domain/{name}" not in glossary] == []


# --- error codes ------------------------------------------------------------------------------------------------------


def codes_in(file: Path) -> Iterator[tuple[str, int]]:
    """Yield the codes that a module names where it refuses, raises or answers, with their lines."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).rpartition(".")[2]
            value = node.args[0].value
            told = called in ("Refusal", "InvalidInput", "problem", "status_of", "fill") or called.endswith(("Error", "Conflict", "NotFound", "Unavailable"))
            if told and isinstance(value, str) and CODE.fullmatch(value):
                yield value, node.lineno
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.Assign) and ast.unparse(inner.targets[0]) == "code" and isinstance(inner.value, ast.Constant):
                    value = inner.value.value
                    if isinstance(value, str) and CODE.fullmatch(value):
                        yield value, inner.lineno


def test_every_code_that_is_raised_has_its_words() -> None:
    named = [(code, file, line) for file in sorted(SOURCE.rglob("*.py")) for code, line in codes_in(file)]
    assert len(named) > 50, "the search finds hardly any codes: it no longer fits the source"
    assert [f"{file.relative_to(ROOT)}:{line}: {code}" for code, file, line in named if code not in MESSAGES] == []


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_code_says_the_same_in_both_languages(code: str) -> None:
    message = MESSAGES[code]
    assert re.search(r"[\u4e00-\u9fff]", message.zh), "no Chinese sentence"
    assert re.search(r"[A-Za-z]{3}", message.en), "no English sentence"
    zh, en = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in (message.zh, message.en))
    assert zh == en, "the two sentences are filled from different data"
    assert f"`{code}`" in (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")


# --- commands and settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path, context", [pytest.param(path, context, id=path) for path, context in commands()])
def test_every_command_and_option_says_what_it_does(path: str, context: click.Context) -> None:
    command = context.command
    assert command.help, f"{path} has no help"
    assert re.search(r"[\u4e00-\u9fff]", command.help), f"{path} has no Chinese help"
    assert re.search(r"[A-Za-z]{3}", command.help), f"{path} has no English help"
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    assert [each.opts[0] for each in options if not each.help] == []
    assert f"## {path}\n" in (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


def test_every_setting_has_a_sentence() -> None:
    wordless = [
        f"{owner.__name__}.{each.name}" for owner in setting_classes() for each in dataclasses.fields(owner) if not comments(owner).get(each.name)
    ]
    assert wordless == [], "write a `#:` comment above the setting in node/settings.py"


def test_the_environment_is_read_in_one_place() -> None:
    reads = re.compile(r"os\.(environ\.get|getenv|environ\[[^]]+\](?! = ))")
    found = [
        str(file.relative_to(SOURCE))
        for file in sorted(SOURCE.rglob("*.py"))
        if file != SOURCE / "node" / "settings.py" and reads.search(file.read_text(encoding="utf-8"))
    ]
    assert found == [], "read it in node/settings.py, so that it is documented"
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in environment(ROOT) if f"`{name}`" not in page] == []


# --- links and leaks --------------------------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """Return the anchor of a heading as GitHub makes it."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(file: Path) -> set[str]:
    return {anchor(each) for each in re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("file", [pytest.param(each, id=str(each.relative_to(ROOT))) for each in documents()])
def test_every_link_inside_the_project_leads_somewhere(file: Path) -> None:
    text = re.sub(r"```.*?```", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, part = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or (part and target.suffix == ".md" and part not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_decision_has_a_number_of_its_own_and_a_line_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    files = sorted(each.name for each in folder.glob("[0-9]*.md"))
    numbers = [name[:4] for name in files]
    assert [number for number in numbers if numbers.count(number) > 1] == [], "take the next free number"
    assert [name for name in files if f"({name})" not in index] == []
    assert [name for name in files if not (folder / name).read_text(encoding="utf-8").startswith(f"# {name[:4]} ")] == []


def test_every_document_is_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        file = waiting.pop()
        if file in seen or file.suffix != ".md" or not file.exists():
            continue
        seen.add(file)
        for link in LINK.findall(file.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", link):
                waiting.append((file.parent / link.partition("#")[0]).resolve())
    kept_together = ROOT / "docs" / "adr"
    assert [str(each.relative_to(ROOT)) for each in documents() if each not in seen and each.parent != kept_together and ROOT / "docs" in each.parents] == []


def test_nothing_of_the_makers_machine_is_in_the_project() -> None:
    pattern = re.compile("|".join(FORBIDDEN))
    found = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}:{number}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    assert found == []
