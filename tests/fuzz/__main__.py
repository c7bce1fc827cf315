"""Throw bytes at the reading of a batch, or at the taking of a message, guided by coverage (atheris), for some seconds.

``python -m tests.fuzz [seconds] [take]``

Anything but a documented refusal ends the run with a traceback and the bytes in a ``crash-…`` file.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["liandong.domain", "liandong.application"]):
    from liandong.adapters.crypto.session import open_batch
    from liandong.domain.errors import RemoteProtocolError
    from liandong.domain.exchange.codes import CODES
    from liandong.domain.exchange.receipts import Receipt, parse_receipts
    from tests.fuzz.nodes import PEERS, sent
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
    target = take if "take" in sys.argv[2:] else once
    target(sent("好").to_bytes())
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096"], target)
    atheris.Fuzz()
