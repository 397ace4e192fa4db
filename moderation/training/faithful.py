"""
Measures whether explanations are true: taking out what a score is said to rest on must lower it.

Scores through the serving path; changes no explanation.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from moderation.classifiers.model import Model
from moderation.policy.policy import LOW_IS_BAD
from moderation.terms import HEADS, Span
from moderation.training.intervals import bootstrap, resample_groups
from moderation.training.rows import Row, draw, lot_of
from moderation.training.serving import score_rows

__all__ = ["Faithful", "measure_explanations"]

_FROM = 0.5
_CANDIDATES, _ROWS = 2000, 250
# Rows scored to find high ones, and rows deleted from, of each head.

_FIRST_CJK = "\u2e80"
_RANDOM_SPANS = 5
# Deletions of as much text elsewhere, to compare with.


@dataclass(frozen=True, slots=True)
class Faithful:
    """
    What deleting text does to one head; intervals are 95 %, by bootstrap over groups.

    Attributes:
        rows: with a probability of .5 or more and room for another span of the same length.
        top_drop: mean fall of the probability without the span shown first.
        random_drop: mean fall without random text of the same length.
        wins: share of random spans that mattered less than the one shown first.
        wins_low: end of its interval; `wins_high` likewise.
    """

    head: str
    rows: int
    top_drop: float
    random_drop: float
    wins: float
    wins_low: float
    wins_high: float


def measure_explanations(model: Model, rows: Sequence[Row], *, seed: int = 0) -> list[Faithful]:
    """
    Delete from held-back rows what each head's explanation names first, and random text.

    Relevance and substance are left out: their spans do not say why a score is low.

    Args:
        model: to try.
        rows: held back.
        seed: of the random spans.
    """
    chosen = draw([row for row in rows if len(row.text) >= 20], _CANDIDATES)
    answers = score_rows(model, chosen, explain=True)
    measured = []
    for head in HEADS:
        if head in LOW_IS_BAD:
            continue
        high = [
            (row, scores.evidence[head][0], float(scores.values[head] or 0.0))
            for row, scores in zip(chosen, answers, strict=True)
            if (scores.values.get(head) or 0.0) >= _FROM and scores.evidence.get(head)
        ]
        measured.append(_measure_head(model, head, high, seed))
    return measured


def _measure_head(
    model: Model, head: str, high: Sequence[tuple[Row, Span, float]], seed: int
) -> Faithful:
    rows: list[Row] = []
    without: list[Row] = []
    before: list[float] = []
    for row, span, value in high:
        chance = random.Random(f"{seed} ".encode() + lot_of(row))  # noqa: S311 - not a secret.
        spans = _random_spans(row.text, span, chance)
        if spans and len(rows) < _ROWS:
            rows.append(row)
            before.append(value)
            without += [replace(row, text=_deleted(row.text, s)) for s in (span, *spans)]
    said = [scores.values.get(head) or 0.0 for scores in score_rows(model, without)]
    after = np.array(said, np.float64).reshape(len(rows), 1 + _RANDOM_SPANS)
    drops = np.array(before, np.float64)[:, None] - after
    top, others = drops[:, 0], drops[:, 1:]
    # A tie is half a win, so that doing nothing at all would come out as .5.
    wins = ((top[:, None] > others) + 0.5 * (top[:, None] == others)).mean(axis=1)
    samples = resample_groups(np.array([f"{r.source}/{r.group}" for r in rows], np.str_), seed)
    low, high_end = bootstrap(lambda sample: float(wins[sample].mean()), samples)
    return Faithful(
        head=head,
        rows=len(rows),
        top_drop=_mean(top),
        random_drop=_mean(others.ravel()),
        wins=_mean(wins),
        wins_low=low,
        wins_high=high_end,
    )


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _random_spans(text: str, span: Span, chance: random.Random) -> list[Span]:
    """Draw spans of the same length that begin where words begin, anywhere but at the span."""
    length = span.end - span.start
    starts = [
        at for at in range(len(text) - length + 1) if at != span.start and _begins_word(text, at)
    ]
    if not starts:
        return []
    return [Span(at, at + length) for at in chance.choices(starts, k=_RANDOM_SPANS)]


def _begins_word(text: str, at: int) -> bool:
    if text[at] >= _FIRST_CJK:
        # Chinese puts no spaces between words.
        return True
    return not text[at].isspace() and (at == 0 or text[at - 1].isspace())


def _deleted(text: str, span: Span) -> str:
    return text[: span.start] + text[span.end :]
