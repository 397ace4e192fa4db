"""
Fits one head without some of the rows and asks it about them, many times over, two at a time.

Every row is encoded once, by the caller; each head costs its fit alone. Measures nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix
from scipy.special import expit

from moderation.training.calibrate import calibrating_weights, platt, tells_how_often
from moderation.training.encode import Encoded, tfidf
from moderation.training.fit import fit_head, fit_idf, row_weights, targets
from moderation.training.rows import Row, Split, split_of

__all__ = ["JOBS", "Question", "answer"]

JOBS = 2
"""Processes at once: each holds the n-grams of all rows that its head learns from."""

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Question:
    """
    What a head would say of some rows had it never seen them.

    Attributes:
        head: one of `LINEAR_HEADS`.
        known: int64: rows it may learn from. Those of the calibrating split fit its sigmoid, as in
            training; all others the head itself.
        asked: int64: rows to answer; none of them is among `known`.
    """

    head: str
    known: Int64
    asked: Int64

    def __post_init__(self) -> None:
        if np.isin(self.asked, self.known).any():
            raise ValueError("a row that is asked about is among those learned from")


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A question in numbers, so that no process has to be sent all rows."""

    question: Question
    # Rows that idf is counted on, labelled or not; then labelled ones to fit on, to calibrate on.
    read: Int64
    fit: Int64
    wanted: Float32
    weights: Float64
    calibrate: Int64
    calibrate_wanted: Float32
    calibrate_weights: Float64


def answer(questions: Sequence[Question], rows: Sequence[Row], encoded: Encoded) -> list[Float64]:
    """
    Fit a head for each question as training would, and let it answer.

    Args:
        questions: in any order.
        rows: that the questions point at.
        encoded: the same rows.

    Returns:
        Of each question float64, shape (n_asked,): calibrated probabilities.
    """
    calibrating = np.array([split_of(row) is Split.CALIBRATE for row in rows], np.bool_)
    labels = {
        head: (
            targets(rows, head),
            row_weights(rows, head),
            np.array([tells_how_often(row, head) for row in rows], np.bool_),
        )
        for head in sorted({question.head for question in questions})
    }
    lessons = []
    for question in questions:
        wanted, weights, telling = labels[question.head]
        read = question.known[~calibrating[question.known]]
        fit = read[~np.isnan(wanted[read])]
        rest = question.known[calibrating[question.known]]
        # As in training.
        rest = rest[~np.isnan(wanted[rest]) & telling[rest]]
        lessons.append(
            _Lesson(
                question,
                read,
                fit,
                wanted[fit],
                weights[fit],
                rest,
                wanted[rest],
                calibrating_weights([rows[int(place)] for place in rest], wanted[rest]),
            )
        )
    # The largest first, so that none is left to run alone in the end.
    order = sorted(range(len(lessons)), key=lambda place: -len(lessons[place].fit))
    done = Parallel(n_jobs=JOBS)(delayed(_answer)(lessons[place], encoded) for place in order)
    found = dict(zip(order, done, strict=True))
    return [found[place] for place in range(len(lessons))]


def _answer(lesson: _Lesson, encoded: Encoded) -> Float64:
    idf = fit_idf(encoded.take(lesson.read))

    def look(places: Int64) -> tuple[csr_matrix, Float32]:
        part = encoded.take(places)
        return tfidf(part, idf), part.dense

    ngrams, dense = look(lesson.fit)
    head = fit_head(ngrams, dense, lesson.wanted, lesson.weights, lesson.question.head)
    slope, offset = platt(
        head.logits(*look(lesson.calibrate)), lesson.calibrate_wanted, lesson.calibrate_weights
    )
    said = slope * head.logits(*look(lesson.question.asked)) + offset
    return np.asarray(expit(said), np.float64)
