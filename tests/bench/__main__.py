"""Run benches by name, or all of them. ``python -m tests.bench intake handover triage startup``."""

from __future__ import annotations

import importlib
import sys

__all__ = ["main"]

BENCHES = ("triage", "startup", "intake", "handover", "exchange", "timers", "attachment", "attachment_store")


def main() -> int:
    """Run what was named; return an exit status."""
    names = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names:
        importlib.import_module(f"tests.bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
