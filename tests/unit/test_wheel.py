"""What a wheel leaves out is named; the build itself is ``make wheel``."""

from __future__ import annotations

import zipfile
from pathlib import Path

from scripts.wheel import left_out


def test_a_file_that_is_not_in_the_wheel_is_named_and_bytecode_is_not_missed(tmp_path: Path) -> None:
    package = tmp_path / "src" / "liandong"
    (package / "static").mkdir(parents=True)
    for name in ("__init__.py", "static/screens.css", "static/odd.webp", "__init__.cpython-311.pyc"):
        (package / name).write_text("x", encoding="utf-8")
    wheel = tmp_path / "liandong-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("liandong/__init__.py", "x")
        archive.writestr("liandong/static/screens.css", "x")
    assert left_out(wheel, tmp_path / "src") == ["liandong/static/odd.webp"]
