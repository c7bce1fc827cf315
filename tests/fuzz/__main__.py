"""Throw bytes at the reading of a batch, or at the taking of a message, guided by coverage (atheris), for some seconds.

``python -m tests.fuzz [seconds] [take]``

Anything but a documented refusal ends the run with a traceback and the bytes in a ``crash-…`` file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["liandong.domain", "liandong.application"]):
    from liandong.adapters.crypto.session import open_batch
    from liandong.domain.errors import RemoteProtocolError
    from liandong.domain.exchange.codes import CODES
    from liandong.domain.exchange.receipts import Receipt, parse_receipts
    from tests.fuzz.nodes import PEERS, sent
    from tests.fuzz.shaping import MESSAGES, shaped
    from tests.fuzz.taking import take


def once(raw: bytes) -> None:
    """Read bytes as a batch and as an answer."""
    for read in (lambda: open_batch(raw, PEERS.hotline), lambda: parse_receipts(raw)):
        try:
            opened = read()
        except RemoteProtocolError as error:
            assert error.code in CODES
            continue
        if isinstance(opened, list):
            assert all(each.code in CODES if isinstance(each, Receipt) else each.body == {"words": "好"} for each in opened)


if __name__ == "__main__":
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    options = [sys.argv[0], f"-max_total_time={seconds}"]
    with tempfile.TemporaryDirectory() as corpus:
        if "take" in sys.argv[2:]:
            for number, each in enumerate([*MESSAGES, b"\n".join(MESSAGES[:8])]):
                (Path(corpus) / str(number)).write_bytes(each)
            take(b"\n".join(MESSAGES[:8]))
            atheris.Setup([*options, "-max_len=16384", corpus], take, custom_mutator=shaped)
        else:
            once(sent("好").to_bytes())
            atheris.Setup([*options, "-max_len=4096"], once)
        atheris.Fuzz()
