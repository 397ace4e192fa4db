"""
Small made sets with a plain lesson in them, and what is needed to fit on them.

Drawn with fixed seeds; nothing here is from the corpus.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from moderation.classifiers.heads import LINEAR_HEADS, LinearHeads
from moderation.training.encode import Encoded, encode, tfidf
from moderation.training.fit import HeadFit, assemble, fit_heads, fit_idf
from moderation.training.rows import Row
from tests.classifiers.random_model import make_model

__all__ = ["ham", "heads_of", "logits_of", "pills", "put", "spam_logits"]

READER = make_model().reader

_PEOPLE = "the driver, my neighbour, a teacher, our mayor, the nurse, an old sailor".split(", ")
_DEEDS = "waited for, spoke about, paid for, wrote about, laughed at, asked about".split(", ")
_THINGS = "the tram, that bridge, the school roof, this vote, the harbour, the fog".split(", ")
_WHEN = "last week, on Sunday, in the rain, for an hour, again, all winter".split(", ")


def put(text: str, number: int, source: str = "corpus", **known: bool) -> Row:
    """Make a row of a group of its own."""
    return Row(text=text, source=source, group=f"{source}{number}", language="en", **known)  # type: ignore[arg-type]


def ham(count: int, *, seed: int, source: str = "corpus") -> list[Row]:
    """Make harmless remarks."""
    chance = random.Random(seed)
    texts = [
        " ".join(chance.choice(part) for part in (_PEOPLE, _DEEDS, _THINGS, _WHEN)) + f", {n} times"
        for n in range(count)
    ]
    return [put(text, seed * 1000 + n, source, spam=False) for n, text in enumerate(texts)]


def pills(count: int, *, seed: int, phrase: str = "cheap pills without prescription") -> list[Row]:
    """Make advertisements that hold a phrase."""
    chance = random.Random(seed)
    return [
        put(f"{chance.choice(_THINGS)}: {phrase}, order {n} today", seed * 1000 + n, spam=True)
        for n in range(count)
    ]


def heads_of(rows: Sequence[Row], base: LinearHeads | None = None) -> LinearHeads:
    """Fit heads on rows, on top of `base` if given, without calibration."""
    encoded = encode([row.text for row in rows], READER)
    idf = fit_idf(encoded) if base is None else base.idf
    plain = np.tile(np.array([1, 0], np.float32), (len(LINEAR_HEADS), 1))
    return assemble(fit_heads(rows, encoded, idf, base), idf, plain)


def logits_of(heads: LinearHeads, encoded: Encoded, head: str) -> np.ndarray:
    """Give a head's log-odds of encoded texts."""
    column = LINEAR_HEADS.index(head)
    ngrams = heads.weights[:, column] * heads.steps[column]
    fit = HeadFit(ngrams, heads.dense[:, column], float(heads.intercept[column]))
    return fit.logits(tfidf(encoded, heads.idf), encoded.dense)


def spam_logits(heads: LinearHeads, rows: Sequence[Row]) -> np.ndarray:
    """Give the log-odds of spam of rows."""
    return logits_of(heads, encode([row.text for row in rows], READER), "spam")
