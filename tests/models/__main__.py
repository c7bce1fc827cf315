"""Check handovers and three-way calls exhaustively: ``make model-check``.

    python -m tests.models [--wire 4]
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.models.two_ends import CallModel, HandoverModel


def main() -> int:
    """Explore and say what was found; 1 when something does not hold."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--wire", type=int, default=4, help="messages under way in each direction at most")
    given = asked.parse_args()
    bad = False
    for model in (HandoverModel(given.wire, danger=False), HandoverModel(given.wire, danger=True), CallModel(given.wire)):
        begun = time.monotonic()
        found = model.explore()
        took = time.monotonic() - begun
        print(f"{found.matter}: wire {found.wire}, {found.states} states, {found.steps} steps, {found.quiet} quiet, {took:.1f} s")
        print("\n".join(found.faults) or "everything holds")
        bad = bad or bool(found.faults)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
