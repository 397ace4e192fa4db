"""
A model of random weights: nothing it says is wise, but all of it must add up.

For tests of the arithmetic; seeded, so that they see the same model every time.
"""

from __future__ import annotations

import numpy as np

from moderation.classifiers.background import Background
from moderation.classifiers.bundle import Card, fitted_libraries
from moderation.classifiers.family import SpamFamilies
from moderation.classifiers.features import NGRAM_BITS, grams
from moderation.classifiers.heads import LINEAR_HEADS, LinearHeads, whole_steps
from moderation.classifiers.lexicon import LEXICON_KINDS, Lexicon
from moderation.classifiers.meaning import MEANING_SIZE, MeaningSpace, pack_rows
from moderation.classifiers.model import LearnedModel
from moderation.classifiers.reading import DENSE_SIZE, Reader
from moderation.classifiers.reject import REJECT_BITS, REJECT_SIZE, RejectHead
from moderation.classifiers.relevance import PAIR_NAMES, RelevanceHead

__all__ = ["KNOWN_WORDS", "make_card", "make_model", "make_reject"]

KNOWN_WORDS = ("tram", "harbour", "council", "bridge", "spring", "soup", "lentil", "noise")


def make_model(version: str = "20260301-1", *, seed: int = 0) -> LearnedModel:
    """Make a model that knows the meaning of `KNOWN_WORDS`."""
    chance = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return chance.normal(size=shape).astype(np.float32)

    heads, pairs, hidden = len(LINEAR_HEADS), len(PAIR_NAMES), 4
    words = np.sort(np.array([grams(word).words[0] for word in KNOWN_WORDS], np.uint64))
    rows, scale, norms = pack_rows(normal(len(words), MEANING_SIZE))
    weights, steps = whole_steps(normal(2**NGRAM_BITS, heads))
    return LearnedModel(
        version=version,
        reader=Reader(
            MeaningSpace(
                words=words,
                row_of=np.arange(len(words), dtype=np.uint32),
                rows=rows,
                scale=scale,
                norms=norms,
            ),
            _lexicon("idiot", "insult"),
        ),
        heads=LinearHeads(
            idf=(5 + chance.random(2**NGRAM_BITS)).astype(np.float32),
            weights=weights,
            steps=steps,
            dense=normal(DENSE_SIZE, heads),
            intercept=normal(heads),
            calibration=np.tile(np.array([1, 0], np.float32), (heads, 1)),
            offered=np.ones(heads, np.bool_),
        ),
        relevance=RelevanceHead(
            mean=normal(pairs),
            scale=np.ones(pairs, np.float32),
            hidden=normal(hidden, pairs),
            hidden_bias=normal(hidden),
            weights=normal(3, hidden),
            intercept=normal(3),
        ),
        background=Background(
            normal(9, MEANING_SIZE),
            np.array(["en"] * 9),
            np.array(["", "en"]),
            np.zeros((2, MEANING_SIZE), np.float32),
            np.zeros((2, MEANING_SIZE), np.float32),
        ),
        families=SpamFamilies(
            np.array(["crypto", "gambling"]),
            normal(DENSE_SIZE, 2),
            normal(2),
        ),
    )


def make_reject(*, seed: int = 0) -> RejectHead:
    """Make the head that a model gets from verdicts, knowing nothing of any."""
    chance = np.random.default_rng(seed)
    return RejectHead(
        numbers=chance.normal(size=REJECT_SIZE).astype(np.float32),
        usual=np.zeros(REJECT_SIZE, np.float32),
        ngrams=chance.normal(size=1 << REJECT_BITS).astype(np.float32),
        intercept=np.zeros(1, np.float32),
    )


def _lexicon(word: str, kind: str) -> Lexicon:
    return Lexicon(
        keys=np.array([grams(word).words[0]], np.uint64),
        kinds=np.array([LEXICON_KINDS.index(kind)], np.uint8),
    )


def make_card(version: str = "20260301-1", **changes: object) -> Card:
    """Make a card without data, metrics or canaries, but for what `changes` says."""
    values: dict[str, object] = {
        "version": version,
        "created_at": "2026-03-01T12:00:00+00:00",
        "sha256": "",
        "libraries": fitted_libraries(),
        "parent": None,
        "seed": 0,
        "data": (),
        "metrics": {},
        "comparison": {},
        "parked_because": None,
        "canaries": (),
    }
    return Card(**{**values, **changes})  # type: ignore[arg-type]
