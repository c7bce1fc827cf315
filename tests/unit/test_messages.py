"""Every text of the screens has its English, says the same with the same blanks in it, and no Chinese is left outside the marks."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from liandong.application.world import MACHINES
from liandong.domain.errors import MESSAGES

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "liandong" / "web"
sys.path.insert(0, str(ROOT / "scripts"))

import frontend  # noqa: E402
import messages  # noqa: E402

CHINESE = re.compile("[\u3400-\u9fff]")
BLANKS = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
#: Bilingual by itself: shown when nothing works, translations included.
BILINGUAL = {"500.html"}
#: Chinese that is matched, not shown, or has its English beside it.
WORDS_OF_THEIR_OWN = {"domain_english.py", "apps.py"}


@pytest.mark.parametrize("path", messages.translations(), ids=lambda each: each.parent.parent.name)
def test_every_text_of_the_screens_is_translated(path: Path) -> None:
    assert messages.missing(path) == [], "run: python scripts/messages.py --gather, then fill in the English"


@pytest.mark.parametrize("path", messages.translations(), ids=lambda each: each.parent.parent.name)
def test_no_translation_is_left_of_a_text_that_is_gone(path: Path) -> None:
    told = {text for text, _file, _line in messages.texts()}
    assert sorted(str(each.id) for each in messages.catalogue(path) if each.id and each.id not in told) == []


def test_an_english_text_has_no_chinese_and_the_same_blanks() -> None:
    english = messages.catalogue(messages.LOCALE / "en" / "LC_MESSAGES" / "django.po")
    for each in english:
        assert not CHINESE.search(str(each.string)), each.string
        assert sorted(BLANKS.findall(str(each.id))) == sorted(BLANKS.findall(str(each.string))), each.id


@pytest.mark.parametrize("path", sorted(WEB.rglob("templates/**/*.html")), ids=lambda each: each.name)
def test_no_template_shows_chinese_outside_the_marks(path: Path) -> None:
    if path.name in BILINGUAL:
        return
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{%\s*blocktrans(late)?.*?%\}.*?\{%\s*endblocktrans(late)?\s*%\}", "", text, flags=re.S)
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S)
    assert CHINESE.findall(text) == []


#: A document for a Chinese court: it is written in Chinese whatever the reader's screen speaks.
COURT_REPORT = WEB / "evidence" / "report.py"


def _unmarked(tree: ast.AST) -> Iterator[str]:
    """Give the Chinese strings of code that are neither docstrings nor marked for translation nor part of a pattern."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (*messages.KEYWORDS, "compile", "fullmatch"):
            silent.update(id(inner) for each in node.args for inner in ast.walk(each))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        if isinstance(node, ast.Tuple | ast.Dict):
            # Keys of tables of words: what is shown stands beside them, marked.
            keys = node.keys if isinstance(node, ast.Dict) else node.elts
            silent.update(id(inner) for key in keys if key is not None for inner in ast.walk(key) if isinstance(key, ast.Tuple | ast.Constant))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent and CHINESE.search(node.value):
            yield node.value


@pytest.mark.parametrize("path", sorted(each for each in WEB.rglob("*.py") if "api" not in each.parts), ids=lambda each: str(each.relative_to(WEB)))
def test_no_code_of_the_screens_says_chinese_that_has_no_english(path: Path) -> None:
    from liandong.web.domain_english import english

    if path.name in WORDS_OF_THEIR_OWN or path == COURT_REPORT:
        return
    # The end of an f-string begins with the name of a field.
    said = [(each, f"x{each}") for each in _unmarked(ast.parse(path.read_text(encoding="utf-8")))]
    assert [each for each, told in said if CHINESE.search(str(english(each))) and CHINESE.search(str(english(told)))] == []


def test_every_state_act_and_field_has_an_english_word() -> None:
    for machine in MACHINES.values():
        for zh, en in machine.titles.values():
            assert en and not CHINESE.search(en), zh
        for each in machine.fields.values():
            assert each.en and not CHINESE.search(each.en), each.name


def test_every_refusal_is_said_in_english_with_the_same_blanks() -> None:
    for code, message in MESSAGES.items():
        assert message.en and not CHINESE.search(message.en), code
        assert set(BLANKS.findall(message.zh)) == set(BLANKS.findall(message.en)), code


def test_words_that_fill_a_refusal_become_english() -> None:
    from liandong.web.domain_english import english

    for machine in MACHINES.values():
        for zh, en in machine.titles.values():
            assert not CHINESE.search(english(zh)), (zh, en)
        for each in machine.fields.values():
            assert english(f"{each.zh}应为整数").endswith("should be a whole number")
            assert not CHINESE.search(english(f"{each.zh}只能是：甲、乙"))


def test_every_icon_of_the_screens_is_in_the_sprite() -> None:
    used: set[str] = set()
    for path in WEB.rglob("*.html"):
        used.update(re.findall(r'\{%\s*icon\s+"([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert used - set(frontend.ICONS) == set()
