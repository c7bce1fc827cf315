"""Measure triage: verdicts per second on one core, and the time of one alone."""

from __future__ import annotations

import importlib.util
import logging
import statistics
import tempfile
import time

import jieba

from liandong.adapters.classifier.corpus import read_corpus
from liandong.adapters.classifier.shipped import default_scorer
from liandong.domain.triage import Triage
from liandong.node.bootstrap import load_city_pack, triage_of
from tests.bench.measure import CORPUS, load, percentiles, texts
from tests.bench.measure import say as say_of

__all__ = ["main"]

SAMPLE = 4_000


def say(what: str, value: float, unit: str) -> None:
    """Print one measurement."""
    say_of("triage", what, value, unit, load=load())


def compare(triage: Triage, said: list[str], verdicts: float) -> None:
    """Measure the classifier alone, jieba's words, and fastText on them where its package is installed; all on the same texts.

    Parameters:
        triage: what a node runs.
        said: the texts.
        verdicts: full verdicts a second of one core in this run.
    """
    readings = [triage.read(text) for text in said]
    plain, signs = [each.words.plain for each in readings], [each.signs() for each in readings]
    started = time.process_time()
    default_scorer().score_many(plain, signs)
    say("classifier_alone", len(said) / (time.process_time() - started), "texts/s of one core")
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    started = time.process_time()
    words = [" ".join(jieba.cut(text)) for text in said]
    spent = time.process_time() - started
    say("jieba_words", len(said) / spent, "texts/s of one core")
    say("verdict_to_jieba_words", verdicts * spent / len(said), "times as fast")
    if importlib.util.find_spec("fasttext") is not None:
        spent += fasttext_seconds(words)
        say("fasttext_and_jieba", len(said) / spent, "texts/s of one core")
        say("verdict_to_fasttext_and_jieba", verdicts * spent / len(said), "times as fast")


def fasttext_seconds(words: list[str]) -> float:
    """Return the seconds that fastText takes to give ``words`` a side, an item, a kind and danger: a model for each of the four."""
    import fasttext

    rows = read_corpus(CORPUS.parent, "train")
    cut = [" ".join(jieba.cut(row.text)) for row in rows]
    spent = 0.0
    for head in ("side", "item", "kind", "urgent"):
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.writelines(f"__label__{getattr(row, head) or 'none'} {text}\n" for row, text in zip(rows, cut, strict=True))
            file.flush()
            model = fasttext.train_supervised(file.name, epoch=5, wordNgrams=2, thread=1, verbose=0)
        started = time.process_time()
        for text in words:
            model.f.predict(f"{text}\n", 1, 0.0, "strict")
        spent += time.process_time() - started
    return spent


def main() -> None:
    """Run the measurements."""
    said = texts(SAMPLE)
    pack = load_city_pack("xiangcheng")
    started = time.perf_counter()
    triage = triage_of(pack)
    say("prepare", time.perf_counter() - started, "s")
    triage.verdicts(said[:200])
    started, cpu = time.perf_counter(), time.process_time()
    for verdict in triage.verdicts(said):
        verdict.as_json()
    spent, worked = time.perf_counter() - started, time.process_time() - cpu
    say("texts", len(said), "texts")
    say("mean_length", statistics.fmean(map(len, said)), "characters")
    say("bulk_wall", len(said) / spent, "verdicts/s")
    say("bulk_cpu", len(said) / worked, "verdicts/s of one core")
    compare(triage, said, len(said) / worked)
    alone = []
    for text in said:
        started = time.perf_counter()
        triage.verdict(text)
        alone.append(time.perf_counter() - started)
    for name, value in percentiles(alone).items():
        say(f"alone_{name}", value, "ms")
    started = time.perf_counter()
    triage.verdict("垃圾没人收，" * 170_000)
    say("million_characters", 1000 * (time.perf_counter() - started), "ms")


if __name__ == "__main__":
    main()
