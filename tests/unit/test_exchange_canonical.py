"""Canonical JSON: one value, one spelling, and a refusal for what has none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.domain.errors import LocalProtocolError
from liandong.domain.journal.canonical import MAX_DEPTH, MAX_INTEGER, canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20)


def test_the_sorting_example_of_rfc_8785_comes_out_as_printed_there() -> None:
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = [name for _, name in json.loads(canonical(value), object_pairs_hook=lambda pairs: pairs)]
    assert order == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_an_astral_key_deep_inside_changes_the_order_only_there() -> None:
    assert canonical([{"b": {"\ufb33": 1, "\U0001f600": 2}, "a": 0}]) == '[{"a":0,"b":{"\U0001f600":2,"\ufb33":1}}]'.encode()


def test_control_characters_are_escaped_as_the_rfc_prescribes() -> None:
    assert canonical('\u20ac$\u000f\nA\'B"\\"/\x7f\b\t\f\r') == '"€$\\u000f\\nA\'B\\"\\\\\\"/\x7f\\b\\t\\f\\r"'.encode()


def test_literals_and_whole_numbers_are_spelled_plainly() -> None:
    assert canonical([None, True, False, 0, -1, MAX_INTEGER, -MAX_INTEGER, [], {}]) == (
        b"[null,true,false,0,-1,9007199254740991,-9007199254740991,[],{}]"
    )


def test_a_tuple_is_spelled_as_a_list() -> None:
    assert canonical({"a": (1, ("x",))}) == canonical({"a": [1, ["x"]]})


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), MAX_INTEGER + 1, -MAX_INTEGER - 1, "\ud800", {"\udc00": 1}, {1: 2}, {None: 1}, b"x", {1, 2}, object()],
    ids=lambda each: repr(each).partition(" at 0x")[0],
)
def test_what_has_no_single_spelling_is_refused(value: object) -> None:
    for wrapped in (value, [value], {"a": {"b": value}}):
        with pytest.raises(LocalProtocolError):
            canonical(wrapped)


def test_a_value_that_contains_itself_is_refused_and_does_not_hang() -> None:
    ring: list[object] = []
    ring.append(ring)
    with pytest.raises(LocalProtocolError):
        canonical(ring)


def test_depth_is_allowed_up_to_the_limit_and_no_further() -> None:
    def nested(levels: int) -> object:
        value: object = 0
        for _ in range(levels):
            value = [value]
        return value

    assert canonical(nested(MAX_DEPTH)).startswith(b"[[")
    with pytest.raises(LocalProtocolError):
        canonical(nested(MAX_DEPTH + 1))


@given(VALUES)
def test_reading_it_back_gives_the_same_value_and_the_same_bytes(value: object) -> None:
    once = canonical(value)
    assert json.loads(once) == value
    assert canonical(json.loads(once)) == once


@given(st.dictionaries(TEXT, SCALARS, min_size=2))
def test_the_order_of_entry_does_not_matter(value: dict[str, object]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)
