"""The chaos run: ``python -m tests.chaos --transport http --count 1000 --seed 1``; one JSON object a trial at the end of it.

Two nodes hand matters and files to each other, both ways at once, while processes and database are killed, the cable loses, doubles, shuffles,
delays, cuts and flips, the network parts, the disk fills up, one clock is an hour fast and the other an hour slow, and keys are rotated and
revoked. Then everything is left in peace until nothing waits, and both journals are proved and compared.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys

from tests.chaos.cables import CABLES
from tests.chaos.trial import EVERY, run

__all__ = ["main"]


def main() -> int:
    """Run what the command line says; return 0 when every trial was good."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "--transport", action="append", choices=[*sorted(CABLES), EVERY], help="may be given several times; each in turn by default"
    )
    parser.add_argument("--count", type=int, default=400, help="handovers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.1, help="of what crosses that something happens to")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two kills")
    parser.add_argument("--partition", type=float, default=15.0, help="seconds")
    parser.add_argument("--disk-mb", type=int, default=0, help="put everything on a disk of this size and fill it up once (needs root)")
    parser.add_argument("--seconds", type=float, default=0.0, help="offer no more after that, however many are left; 0 for no such end")
    parser.add_argument("--files", type=float, default=0.02, help="share of the words added to handovers that bring a file")
    parser.add_argument("--tell", action="store_true", help="say on stderr how far it is and what is broken")
    given = parser.parse_args()
    if given.tell:
        logging.basicConfig(format="%(asctime)s %(message)s")
        logging.getLogger("chaos").setLevel(logging.INFO)
    good = True
    for transport in given.transport or sorted(CABLES):
        summary = run(
            transport,
            given.count,
            given.seed,
            share=given.share,
            every_seconds=given.every,
            partition_seconds=given.partition,
            disk_mb=given.disk_mb,
            seconds=given.seconds,
            file_share=given.files,
        )
        print(json.dumps(summary, ensure_ascii=False), flush=True)
        good = good and summary["good"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
