"""The wheel, with everything in it: fetch what the screens need, compile their texts, build, and look whether a file was left out.

    python scripts/wheel.py [DIRECTORY]    ``dist`` by default
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

__all__ = ["left_out"]

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"


def left_out(wheel: Path, source: Path = SOURCE) -> list[str]:
    """Return the files of the program that ``wheel`` does not hold, by their path in it.

    Parameters:
        source: the directory that holds the package.
    """
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    files = (each for each in (source / "liandong").rglob("*") if each.is_file() and each.suffix != ".pyc")
    return sorted(name for each in files if (name := each.relative_to(source).as_posix()) not in held)


def main(directory: Path) -> int:
    """Build the wheel into ``directory``; return the exit status."""
    for script in ("frontend.py", "messages.py"):
        subprocess.run([sys.executable, str(ROOT / "scripts" / script)], check=True)
    # What an earlier build copied would be packed again, also what has been removed since.
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    for old in directory.glob("liandong-*.whl"):
        old.unlink()
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(ROOT)], check=True)
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    wheel = next(directory.glob("liandong-*.whl"))
    missing = left_out(wheel)
    for name in missing:
        print(f"not in the wheel: {name}", file=sys.stderr)
    print(f"{wheel}: {wheel.stat().st_size / 1_048_576:.1f} MB")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"))
