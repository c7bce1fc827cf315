"""The line of a ringing three-way call renews itself and leaves the keys beside it alone."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "liandong" / "web" / "calltaker" / "templates" / "calltaker"


def test_what_renews_itself_inside_the_call_sheet_does_not_inherit_the_sheets_target() -> None:
    sheet = (TEMPLATES / "sheet.html").read_text(encoding="utf-8")
    assert re.search(r'<form id="call"[^>]*hx-target="#outcome"', sheet), "the form's target is what would be inherited"
    calling = (TEMPLATES / "calling.html").read_text(encoding="utf-8")
    asking = re.findall(r"<[a-z]+ [^>]*hx-get=[^>]*>", calling)
    assert asking
    assert [each for each in asking if "hx-target=" not in each] == []
