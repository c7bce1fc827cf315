"""A city's own triage model: the project's corpus with what the city's people decided, and a guard that it is not worse.

Rules:
    1. A fifth of the decisions, by the hash of their words, is set aside: a first model is made without it, and measured on it.
    2. The model that is kept is made from all; it must find every danger of the probes that the model in use finds, raise no more false
       alarms, and be right about side and item as often, give or take one row in fifty: fewer say nothing on so few. A model that is worse
       anywhere is not written.
    3. Whole verdicts are measured, rules and list with the model: that is what people will see.

The probes (``corpus/held``) are never trained on. Same files, same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from liandong.adapters.classifier.corpus import Utterance, corpus_digest, labelled_rows, read_corpus, training_rows, version_of
from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.triage_model import TriageModel
from liandong.adapters.classifier.triage_training import train_triage
from liandong.domain.catalogue.items import Catalogue, Kind, Side
from liandong.domain.triage import Triage

__all__ = ["Figures", "Trained", "measure", "read_decisions", "train_city", "worse"]

#: One decision in so many is set aside.
ASIDE = 5
#: Fewer decisions than this teach nothing that could be measured.
LEAST = 20
#: One row in so many more may be wrong about side or item; about danger none.
TOLERATED = 50
#: Words of a row in characters: what a model reads of a text.
SHORTEST, LONGEST = 2, 2_000
_NAMES = frozenset({"text", "side", "item", "item2", "kind", "urgent", "tags"})
_SIDES = frozenset(side.value for side in Side if side is not Side.UNCLEAR)
_KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Figures:
    """How often whole verdicts are right on some rows.

    Parameters:
        rows: how many. side, item: how many are right; ``item_rows`` have one.
        found: numbers of the rows whose danger was found; missed: of those whose was not.
        false_alarms: calm rows that were called urgent.
    """

    rows: int
    side: int
    item: int
    item_rows: int
    found: tuple[int, ...]
    missed: tuple[int, ...]
    false_alarms: int

    def told(self) -> dict[str, int]:
        """Return the counts for a report."""
        counts = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        return {**counts, "danger_found": len(self.found), "danger_missed": len(self.missed)}


@dataclass(frozen=True, slots=True)
class Trained:
    """A model of a city, and what it was measured by.

    Parameters:
        model: made from corpus and all decisions.
        probes: (model in use, this model).
        aside: the same on the decisions set aside, the second by a model that had not seen them.
    """

    model: TriageModel
    probes: tuple[Figures, Figures]
    aside: tuple[Figures, Figures]


def read_decisions(files: Sequence[Path], catalogue: Catalogue) -> list[Utterance]:
    """Return the rows of exports, each text once, as last decided.

    Parameters:
        files: what ``liandong corpus export`` wrote. catalogue: of the common register.

    Raises:
        ModelError: ``model.file_missing``, ``model.file_broken`` with file, line and reason, ``model.too_few``.
    """
    classes = {item.code for item in catalogue.classes}
    rows: dict[str, Utterance] = {}
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError as error:
            raise ModelError("model.file_missing", file=str(file)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError("model.file_broken", file=file.name, line=1, reason=type(error).__name__) from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                row = _row(file, number, line, classes)
                rows.pop(row.text, None)
                rows[row.text] = row
    if len(rows) < LEAST:
        raise ModelError("model.too_few", rows=len(rows), least=LEAST)
    return list(rows.values())


def _row(file: Path, number: int, line: str, classes: set[str]) -> Utterance:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ModelError("model.file_broken", file=file.name, line=number, reason=f"JSON: {error}") from error
    why = _wrong(value, classes)
    if why:
        raise ModelError("model.file_broken", file=file.name, line=number, reason=why)
    return Utterance(value["text"].strip(), value["side"], value["item"], value.get("item2", ""), value["kind"], value["urgent"], ("corrected",))


def _wrong(value: Any, classes: set[str]) -> str:
    """Return what is wrong with a row, ``""`` where nothing."""
    if not isinstance(value, dict) or not {"text", "side", "item", "kind", "urgent"} <= value.keys() <= _NAMES:
        return "text, side, item, kind, urgent"
    text, item, second = value["text"], value["item"], value.get("item2", "")
    checks = (
        ("text", isinstance(text, str) and SHORTEST <= len(text.strip()) <= LONGEST),
        ("side", value["side"] in _SIDES if isinstance(value["side"], str) else False),
        ("kind", value["kind"] in _KINDS if isinstance(value["kind"], str) else False),
        ("urgent", isinstance(value["urgent"], bool)),
        ("item", isinstance(item, str) and (item in classes) != (value["side"] == "neither") and (item in classes or item == "")),
        ("item2", isinstance(second, str) and (second == "" or second in classes)),
        # Danger is a matter for police at once (rule 1 of triage); a row that says otherwise would teach to miss it.
        ("urgent", not value["urgent"] or value["side"] in ("police", "joint")),
    )
    return next((name for name, right in checks if not right), "")


def measure(catalogue: Catalogue, model: TriageModel, rows: Sequence[Utterance]) -> Figures:
    """Return how often the whole verdict with a model is right on rows."""
    verdicts = Triage(catalogue, model).verdicts([row.text for row in rows])
    pairs = list(enumerate(zip(rows, verdicts, strict=True)))
    return Figures(
        rows=len(rows),
        side=sum(said.side.value == row.side for _, (row, said) in pairs),
        item=sum(bool(row.item) and said.item == row.item for _, (row, said) in pairs),
        item_rows=sum(bool(row.item) for row in rows),
        found=tuple(number for number, (row, said) in pairs if row.urgent and said.urgent),
        missed=tuple(number for number, (row, said) in pairs if row.urgent and not said.urgent),
        false_alarms=sum(said.urgent and not row.urgent for _, (row, said) in pairs),
    )


def worse(before: Figures, after: Figures) -> list[str]:
    """Return in what a model is worse than another on the same rows, ``[]`` where in nothing."""
    found: list[str] = []
    lost = set(before.found) - set(after.found)
    if lost:
        found.append(f"险情漏判 {len(lost)} 条 (danger missed)")
    for name, words in (("side", "归属 (side)"), ("item", "事项 (item)")):
        was, now = getattr(before, name), getattr(after, name)
        if now + before.rows // TOLERATED < was:
            found.append(f"{words} {was} → {now}")
    if after.false_alarms > before.false_alarms:
        found.append(f"误报险情 (false alarms) {before.false_alarms} → {after.false_alarms}")
    return found


def train_city(corpus: Path, decisions: Sequence[Utterance], catalogue: Catalogue, in_use: TriageModel, progress: Callable[[str], None] = lambda _: None) -> Trained:
    """Train a model of corpus and decisions and compare it with the one in use.

    Parameters:
        corpus: folder with ``parts``, ``dev`` and ``held``. catalogue: of the common register, as for the shipped model.
        progress: told what is being done.

    Raises:
        ModelError: ``model.file_empty`` where the corpus is not there, ``model.worse`` where the model is not fit to be used.
    """
    rows, probes = training_rows(corpus), read_corpus(corpus, "held")
    known = {row.text for row in probes}
    decisions = [row for row in decisions if row.text not in known]
    rules = Triage(catalogue)
    ready, own = labelled_rows(rows, rules), labelled_rows(decisions, rules)
    aside = [number for number, row in enumerate(decisions) if _aside(row.text)]
    progress(f"{len(rows)} + {len(decisions)} rows, {len(aside)} set aside")
    trial = train_triage([*ready, *(each for number, each in enumerate(own) if number not in set(aside))])
    kept_back = [decisions[number] for number in aside]
    before_aside, after_aside = measure(catalogue, in_use, kept_back), measure(catalogue, trial, kept_back)
    progress(f"aside: {before_aside.told()} -> {after_aside.told()}")
    about = {"corpus": version_of(corpus), "corpus_sha256": corpus_digest(corpus), "decisions": len(decisions), "decisions_sha256": _digest(decisions)}
    before = measure(catalogue, in_use, probes)
    whole = train_triage([*ready, *own], about=about)
    after = measure(catalogue, whole, probes)
    progress(f"probes: {before.told()} -> {after.told()}")
    reasons = [*(f"试题 (probes)：{each}" for each in worse(before, after)), *(f"留出的本市件 (aside)：{each}" for each in worse(before_aside, after_aside))]
    if reasons:
        raise ModelError("model.worse", reasons="；".join(reasons))
    told = {**whole.about, "probes": after.told(), "aside": after_aside.told()}
    return Trained(replace(whole, about=told), (before, after), (before_aside, after_aside))


def _aside(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % ASIDE == 0


def _digest(rows: Sequence[Utterance]) -> str:
    whole = hashlib.sha256()
    for row in sorted(rows, key=lambda each: each.text):
        whole.update(json.dumps(asdict(row), ensure_ascii=False, sort_keys=True).encode())
    return whole.hexdigest()
