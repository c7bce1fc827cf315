"""Turn texts into numbers: four views of each text, weighted by how rare their pieces are.

Theory of operation: a Chinese order of forty characters says whose matter it is in its first clause ("市民来电咨询"), in
its last ("请交警核实处理") or in any run of one to three characters. So the whole text, its head and its tail are cut into
character runs with marks for beginning and end, and jieba's words are taken alone and in pairs. Digits become ``0``: a
house number says nothing about the unit, its presence does. Every view is tf-idf with a damped count and unit length.
"""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jieba
import numpy as np
import scipy.sparse as sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

__all__ = ["LONGEST_TEXT", "Views", "plain"]

#: characters read of one text; the rest says nothing that its beginning and end did not.
LONGEST_TEXT = 6_000
_DIGIT = re.compile(r"[0-9]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")
_EDGE = 80


def plain(text: str) -> str:
    """Return the text in one width and case, with digits as ``0`` and every blank as one space."""
    if len(text) > LONGEST_TEXT:
        half = LONGEST_TEXT // 2
        text = text[:half] + " " + text[-half:]
    return _SPACE.sub(" ", _DIGIT.sub("0", unicodedata.normalize("NFKC", text).lower())).strip()


@functools.cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()


def _words(text: str) -> str:
    return " ".join(word for word in _tokenizer().cut(text) if word.strip())


def _whole(text: str) -> str:
    return f"^{text}$"


def _head(text: str) -> str:
    return f"^{text}$"[:_EDGE]


def _tail(text: str) -> str:
    return f"^{text}$"[-_EDGE:]


#: name -> how the text is cut, by characters or words, shortest and longest run, least number of texts a run stands in.
_SPECS: dict[str, tuple[Callable[[str], str], str, tuple[int, int], int]] = {
    "whole": (_whole, "char", (1, 3), 2),
    "words": (_words, "word", (1, 2), 2),
    "head": (_head, "char", (1, 3), 2),
    "tail": (_tail, "char", (1, 3), 2),
}


class Views:
    """The four views, fitted: their pieces and how rare each is."""

    def __init__(self, terms: Mapping[str, list[str]], rarity: Mapping[str, np.ndarray]) -> None:
        self._rarity = dict(rarity)
        self._counters = {name: _counter(name, dict(zip(terms[name], range(len(terms[name])), strict=True))) for name in _SPECS}
        self._terms = {name: list(terms[name]) for name in _SPECS}
        edges = np.cumsum([0, *(len(terms[name]) for name in _SPECS)])
        #: columns of each view in the joint matrix.
        self.columns = {name: (int(edges[i]), int(edges[i + 1])) for i, name in enumerate(_SPECS)}

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Views:
        """Learn the pieces of ``texts`` and how rare each is."""
        read = [plain(text) for text in texts]
        terms: dict[str, list[str]] = {}
        rarity: dict[str, np.ndarray] = {}
        for name, (cut, _, _, least) in _SPECS.items():
            counter = _counter(name, None, least if len(texts) >= 200 else 1)
            counts = counter.fit_transform([cut(text) or "^" for text in read])
            seen = np.bincount(counts.indices, minlength=counts.shape[1])
            terms[name] = [str(term) for term in counter.get_feature_names_out()]
            rarity[name] = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
        return cls(terms, rarity)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row a text; the views side by side, each of length ½, so that a full row has length 1."""
        read = [plain(text) for text in texts]
        blocks = []
        for name, (cut, _, _, _) in _SPECS.items():
            counts = self._counters[name].transform([cut(text) for text in read])
            block = sparse.csr_matrix(counts, dtype=np.float32)
            block.data = (1 + np.log(block.data)) * self._rarity[name][block.indices]
            blocks.append(normalize(block) * np.float32(0.5))
        joint = sparse.csr_matrix(sparse.hstack(blocks, format="csr"))
        joint.sort_indices()
        return joint

    def arrays(self) -> dict[str, np.ndarray]:
        """Return plain arrays to store: the terms as UTF-8 bytes parted by line feeds, and the rarities."""
        stored: dict[str, np.ndarray] = {}
        for name in _SPECS:
            stored[f"terms_{name}"] = np.frombuffer("\n".join(self._terms[name]).encode("utf-8", "surrogatepass"), dtype=np.uint8)
            stored[f"rarity_{name}"] = self._rarity[name]
        return stored

    @classmethod
    def from_arrays(cls, stored: Mapping[str, np.ndarray]) -> Views:
        """Build the views back from what ``arrays`` gave."""
        terms = {name: bytes(stored[f"terms_{name}"]).decode("utf-8", "surrogatepass").split("\n") for name in _SPECS}
        return cls(terms, {name: stored[f"rarity_{name}"] for name in _SPECS})


def _counter(name: str, vocabulary: dict[str, int] | None, least: int = 1) -> CountVectorizer:
    _, analyzer, runs, _ = _SPECS[name]
    extra: dict[str, Any] = {"token_pattern": r"\S+"} if analyzer == "word" else {}
    return CountVectorizer(
        analyzer=analyzer, ngram_range=runs, min_df=least, lowercase=False, vocabulary=vocabulary, dtype=np.float32, **extra
    )
