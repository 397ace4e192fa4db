"""
What this site's moderators would do: a logistic regression over what all other heads say.

Numpy only; knows no policy. It is fitted on verdicts alone, by `training.fit_reject`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.features import SHAPE_NAMES
from moderation.classifiers.heads import LINEAR_HEADS
from moderation.classifiers.lexicon import LEXICON_SIZE
from moderation.classifiers.reading import Reading
from moderation.classifiers.relevance import KINDS
from moderation.terms import RelevanceKind

__all__ = ["REJECT", "REJECT_BITS", "REJECT_SIZE", "Overheard", "RejectHead", "overhear"]

REJECT = "likely_to_reject"
"""The head's name, one of `terms.HEADS`."""

REJECT_BITS = 16
"""The buckets of n-grams are folded to so many bits: 256 kB, and nothing is lost by it."""

_SUBSTANCE_AT = LINEAR_HEADS.index("substance")
_KINDS_AT = len(LINEAR_HEADS)
_ARTICLE_AT = _KINDS_AT + len(KINDS)
_WORST_AT = _ARTICLE_AT + 1
_WRITTEN_AT = _WORST_AT + 1
_WRITTEN = len(SHAPE_NAMES) + LEXICON_SIZE

REJECT_SIZE = _WRITTEN_AT + _WRITTEN
"""Numbers it reads: log-odds, kinds, whether there is an article, the worst of three, the text."""

_SPAM, _TOXICITY = LINEAR_HEADS.index("spam"), LINEAR_HEADS.index("toxicity")
_OFF_TOPIC = KINDS.index(RelevanceKind.OFF_TOPIC)

_SURE = np.float32(6.0)
# Beyond 1 in 400 either way, how sure another head is says no more of what a moderator does.
_LEAST_KIND = np.float32(1e-4)
_LEAST_SHARE = 1 / (1 + math.exp(float(_SURE)))

_SCALE = np.concatenate(
    (
        np.full(len(LINEAR_HEADS) + len(KINDS), 1 / 3),
        [0.5, 1 / 3],
        np.full(len(SHAPE_NAMES), 2.0),
        np.full(LEXICON_SIZE, 0.5),
    )
).astype(np.float32)
# What is scaled up is cheap for a regularised fit; measured in decision record 0018.

_FOLD = np.int64((1 << REJECT_BITS) - 1)

_PARTS: tuple[tuple[str, slice], ...] = (
    ("spam", slice(0, 1)),
    ("toxicity", slice(1, _SUBSTANCE_AT)),
    ("substance", slice(_SUBSTANCE_AT, _SUBSTANCE_AT + 1)),
    # What is praise and what strays is read by relevance too.
    ("relevance", slice(_SUBSTANCE_AT + 1, _WORST_AT)),
    ("how it is written", slice(_WRITTEN_AT, _WRITTEN_AT + len(SHAPE_NAMES))),
    ("listed words", slice(_WRITTEN_AT + len(SHAPE_NAMES), REJECT_SIZE)),
)
_WORDING = "its wording"
_LEAST_SHOWN = 0.5
# A part that raises the odds by less than two thirds is not worth naming.

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overheard:
    """
    What the head reads of one comment.

    Attributes:
        numbers: float32, shape (REJECT_SIZE,): scaled.
        buckets: int64, shape (n,): its n-grams, below 2**REJECT_BITS; one may stand twice.
        values: float32, shape (n,): their weights by idf, together of length 1.
    """

    numbers: Float32
    buckets: Int64
    values: Float32


def overhear(reading: Reading, log_odds: Float32, kinds: Float32 | None, idf: Float32) -> Overheard:
    """
    Put together what other heads and the text itself say, for training and serving alike.

    Args:
        reading: of the comment.
        log_odds: float32, shape (n_heads,): calibrated, of `LINEAR_HEADS`; where one is no number,
            so is what the head says.
        kinds: float32, shape (3,): probabilities of `KINDS`; None without an article.
        idf: float32, shape (2**NGRAM_BITS,).
    """
    numbers = np.zeros(REJECT_SIZE, np.float32)
    np.minimum(np.maximum(log_odds, -_SURE), _SURE, out=numbers[:_KINDS_AT])
    worst = max(numbers[_SPAM], numbers[_TOXICITY])
    if kinds is not None:
        np.log(np.maximum(kinds, _LEAST_KIND), out=numbers[_KINDS_AT:_ARTICLE_AT])
        numbers[_ARTICLE_AT] = 1
        worst = max(worst, _odds(float(kinds[_OFF_TOPIC])))
    # A sum cannot say "any one of these is enough", which is how most desks decide.
    numbers[_WORST_AT] = worst
    numbers[_WRITTEN_AT:] = reading.dense[:_WRITTEN]
    numbers *= _SCALE
    buckets = reading.features.ngram_indices
    values = idf.take(buckets)
    if buckets.size:
        values /= np.float32(math.sqrt(float(values @ values)))
    return Overheard(numbers, buckets & _FOLD, values)


def _worst_of(overheard: Overheard) -> str:
    """Name which of the three the worst score is."""
    numbers = overheard.numbers
    # They are scaled alike, so that what was copied is the same still.
    if numbers[_WORST_AT] == numbers[_SPAM]:
        return "spam"
    return "toxicity" if numbers[_WORST_AT] == numbers[_TOXICITY] else "relevance"


def _odds(share: float) -> float:
    """Give the log-odds of a probability, no further out than those of other heads count."""
    share = min(max(share, _LEAST_SHARE), 1 - _LEAST_SHARE)
    return math.log(share / (1 - share))


@dataclass(frozen=True, slots=True)
class RejectHead:
    """
    The head. Its calibration is part of its weights.

    Attributes:
        numbers: float32, shape (REJECT_SIZE,): weights of `Overheard.numbers`.
        usual: float32, shape (REJECT_SIZE,): their mean over the verdicts; for explanations.
        ngrams: float32, shape (2**REJECT_BITS,).
        intercept: float32, shape (1,).
    """

    numbers: Float32
    usual: Float32
    ngrams: Float32
    intercept: Float32

    def __post_init__(self) -> None:
        """
        Refuse weights of another reading of comments: no score of any head would come out of them.

        Raises:
            ValueError: a shape is not the one expected.
        """
        shapes = [part.shape for part in (self.numbers, self.usual, self.ngrams, self.intercept)]
        if shapes != [(REJECT_SIZE,), (REJECT_SIZE,), (1 << REJECT_BITS,), (1,)]:
            raise ValueError(f"{REJECT} has weights of the shapes {shapes}")

    def log_odds(self, overheard: Overheard) -> float:
        """Give the calibrated log-odds that a moderator rejects the comment."""
        numbers = float(overheard.numbers @ self.numbers)
        return numbers + self._wording(overheard) + float(self.intercept[0])

    def note(self, overheard: Overheard) -> str | None:
        """Name what speaks for rejecting more than usual; None where nothing does."""
        worth = (overheard.numbers - self.usual) * self.numbers
        parts = {name: float(worth[place].sum()) for name, place in _PARTS}
        parts[_WORDING] = self._wording(overheard)
        parts[_worst_of(overheard)] += float(worth[_WORST_AT])
        named = sorted((n for n in parts if parts[n] >= _LEAST_SHOWN), key=lambda n: -parts[n])
        return f"Most of all for {' and '.join(named[:2])}." if named else None

    def _wording(self, overheard: Overheard) -> float:
        return float(overheard.values @ self.ngrams.take(overheard.buckets))
