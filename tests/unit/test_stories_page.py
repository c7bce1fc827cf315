"""The page of stories names tests that exist, and each of them says which story it plays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \| .+ \| (.+) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "reference" / "stories.md").read_text("utf-8"))


@pytest.mark.parametrize(("number", "by_api", "on_screens"), ROWS)
def test_a_story_is_played_where_the_page_says(number: str, by_api: str, on_screens: str) -> None:
    for folder, names in (("stories", by_api), ("browser", on_screens)):
        for name in re.findall(r"`([^`]+)`", names):
            text = (ROOT / "tests" / folder / name).read_text("utf-8")
            assert re.search(rf"[Ss]tory {number}\b", text), f"{name} does not say that it plays story {number}"


def test_every_story_of_the_folder_is_on_the_page() -> None:
    listed = set(re.findall(r"`(test_\d\d_\w+\.py)`", " ".join(by_api for _number, by_api, _on_screens in ROWS)))
    assert listed == {each.name for each in (ROOT / "tests" / "stories").glob("test_[0-9][0-9]_*.py")}
