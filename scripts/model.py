"""Train the shipped triage model from the project's own corpus; ``make model``. Reproducible to the byte.

    python scripts/model.py [--check] [--out DIR]

``--check`` trains nothing: it says whether the shipped model was made from the corpus as it stands.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from liandong.adapters.classifier.corpus import corpus_digest, labelled_rows, training_rows, version_of
from liandong.adapters.classifier.shipped import SHIPPED
from liandong.adapters.classifier.triage_training import train_triage
from liandong.adapters.packs.loader import load_pack
from liandong.domain.triage import Triage

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
PACK = "xiangcheng"


def main() -> int:
    """Train, or check."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true")
    options.add_argument("--out", type=Path, default=SHIPPED)
    chosen = options.parse_args()
    digest = corpus_digest(CORPUS)
    if chosen.check:
        made_from = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))["about"]["corpus_sha256"]
        print("up to date" if made_from == digest else "stale: run `make model`")
        return 0 if made_from == digest else 1
    started = time.monotonic()
    rows = training_rows(CORPUS)
    triage = Triage(load_pack(PACK).catalogue)
    about = {"corpus": version_of(CORPUS), "corpus_sha256": digest, "pack": PACK}
    model = train_triage(labelled_rows(rows, triage), about=about, progress=lambda line: print(line, flush=True))
    model.save(chosen.out)
    size = sum(each.stat().st_size for each in chosen.out.glob("model.*"))
    print(f"{chosen.out}: {size / 1e6:.1f} MB in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
