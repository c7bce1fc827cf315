"""What is written about states, codes, commands and settings is what the code says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def reference(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "reference.py"), *arguments], capture_output=True, text=True, check=False, env=environment, timeout=60
    )


def test_generated_pages_are_what_the_code_says() -> None:
    done = reference("--check")
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}\nRun `make docs` (python scripts/reference.py) and commit docs/reference."


def test_check_finds_a_page_that_was_changed_by_hand(tmp_path: Path) -> None:
    assert reference("--to", str(tmp_path)).returncode == 0
    page = tmp_path / "states" / "handover.md"
    page.write_text(page.read_text(encoding="utf-8") + "added by hand\n", encoding="utf-8")
    (tmp_path / "states" / "gone.md").write_text("a machine that was removed", encoding="utf-8")
    done = reference("--check", "--to", str(tmp_path))
    assert done.returncode == 1
    assert "states/handover.md" in done.stdout
    assert "states/gone.md" in done.stdout
    assert "states/alarm.md" not in done.stdout
