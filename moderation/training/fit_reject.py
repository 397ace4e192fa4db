"""
Fits `likely_to_reject` on verdicts, and says whether they support it.

Knows rows and a model that never saw their verdicts; reads no file and publishes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from moderation.classifiers.model import LearnedModel
from moderation.classifiers.reject import REJECT_BITS, Overheard, RejectHead
from moderation.training.evaluate import Judged, Measured, measure
from moderation.training.rows import Row, Split, split_of
from moderation.training.serving import items_of

__all__ = [
    "Offer",
    "Tried",
    "fit_reject",
    "is_enough",
    "judge_in_parts",
    "judge_offer",
    "overhear_rows",
]

_VERDICTS = 100
_OF_EACH = 20
_ARTICLES = 8
_LEAST_AUC = 0.6
# Below so many verdicts, or articles they are spread over, an interval says little, and a head
# whose order of comments is not surely better than this helps nobody (decision record 0018).

_FOLDS = 5
_STRENGTH = 1.0
# scikit-learn's C.
_WORDING = 3.0
# How much the n-grams are scaled up. With fewer than 400 verdicts 2, 3 and 4 are alike.

_BATCH = 200

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tried:
    """
    A head, and what heads fitted on other articles said of the verdicts it was fitted on.

    Attributes:
        head: calibrated.
        judged: out of fold.
    """

    head: RejectHead
    judged: Judged


@dataclass(frozen=True, slots=True)
class Offer:
    """
    Whether the score is offered.

    Attributes:
        verdicts: there are; `rejected` of them, over so many `articles`.
        measured: quality on all of them, each judged by a head not fitted on its article; None
            without any head.
        why: one sentence on why it is not offered; None when it is.
    """

    verdicts: int
    rejected: int
    articles: int
    measured: Measured | None
    why: str | None

    def as_numbers(self) -> dict[str, float | str]:
        """Flatten for the card."""
        counts: dict[str, float | str] = {
            "verdicts": self.verdicts,
            "rejected": self.rejected,
            "articles": self.articles,
        }
        if self.measured is not None:
            known = self.measured.as_numbers()
            names = ("roc_auc", "roc_auc_low", "roc_auc_high", "brier")
            counts.update({name: known[name] for name in names if name in known})
        return counts if self.why is None else {**counts, "not_offered": self.why}

    def describe(self) -> str:
        """Say in one sentence whether it is offered, and on what grounds."""
        grounds = f"{self.verdicts:,} verdicts, {self.rejected:,} of them rejecting"
        if self.measured is not None and np.isfinite(self.measured.auc_low):
            m = self.measured
            grounds += f"; ROC-AUC {m.auc:.3f}, 95 % {m.auc_low:.3f}–{m.auc_high:.3f}"
        if self.why is None:
            return f"likely_to_reject is offered ({grounds})"
        return f"likely_to_reject is not offered: {self.why} ({grounds})"


def is_enough(rows: Sequence[Row]) -> Offer:
    """Say, before anything is fitted, whether there are verdicts enough among all rows."""
    verdicts = [row for row in rows if row.rejected is not None]
    count, rejected = len(verdicts), sum(row.rejected is True for row in verdicts)
    articles = len({_group(row) for row in verdicts})
    why = None
    if count < _VERDICTS:
        why = f"it takes {_VERDICTS} verdicts"
    elif min(rejected, count - rejected) < _OF_EACH:
        why = f"it takes {_OF_EACH} that approve and {_OF_EACH} that reject"
    elif articles < _ARTICLES:
        why = f"it takes verdicts under {_ARTICLES} articles"
    return Offer(count, rejected, articles, None, why)


def fit_reject(rows: Sequence[Row], told: LearnedModel) -> Tried | None:
    """
    Fit the head.

    Args:
        rows: all there are; verdicts among them are learned from, but for those held back.
        told: a model that none of the verdicts ever taught. What it says of their comments is as
            sure as what the finished model will say of the next ones; what a model says that
            learned "spam" from the very verdict is far too sure.

    Returns:
        None when there are not both actions under several articles.
    """
    rows = [r for r in rows if r.rejected is not None and split_of(r) is not Split.TEST]
    wanted = np.array([row.rejected is True for row in rows], np.float32)
    groups = np.array([_group(row) for row in rows], dtype=np.str_)
    folds = min(_FOLDS, len(np.unique(groups)))
    if folds < 2 or len(np.unique(wanted)) < 2:
        return None
    heard = overhear_rows(rows, told)
    numbers = np.array([each.numbers for each in heard], np.float64)
    columns = _columns(heard, numbers)
    weights = np.array([row.represents for row in rows], np.float64)
    weights *= len(rows) / weights.sum()
    log_odds = np.zeros(len(rows))
    for fit, held in GroupKFold(folds).split(columns, wanted, groups):
        log_odds[held] = _log_odds(columns[fit], wanted[fit], weights[fit], columns[held])
    slope, offset = _calibrate(log_odds, wanted, weights)
    learned, intercept = _fit(columns, wanted, weights)
    size = numbers.shape[1]
    head = RejectHead(
        numbers=(slope * learned[:size]).astype(np.float32),
        usual=np.average(numbers, axis=0, weights=weights).astype(np.float32),
        ngrams=(slope * _WORDING * learned[size:]).astype(np.float32),
        intercept=np.array([slope * intercept + offset], np.float32),
    )
    said = 1 / (1 + np.exp(-(slope * log_odds + offset)))
    return Tried(head, _judged(rows, wanted.astype(np.float64), said, groups))


def judge_in_parts(parts: Sequence[Sequence[Overheard]], wanted: Sequence[Float64]) -> Float64:
    """
    Let a head fitted on the verdicts of all other parts judge each part.

    Args:
        parts: what is read of the comments of each part, said by models that never saw them.
        wanted: float64, shape (n,): 1 where a comment was rejected, of each part.

    Returns:
        float64, shape (n_all,): log-odds of rejecting, part by part; 0 where the others had only
        one kind of verdict. Not calibrated, which no order needs.
    """
    heard = [each for part in parts for each in part]
    columns = _columns(heard, np.array([each.numbers for each in heard], np.float64))
    rejected = np.concatenate(wanted).astype(np.float32)
    number = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    log_odds = np.zeros(len(heard))
    for part in range(len(parts)):
        here = number == part
        if here.any():
            even = np.ones(int((~here).sum()))
            log_odds[here] = _log_odds(columns[~here], rejected[~here], even, columns[here])
    return log_odds


def judge_offer(enough: Offer, tried: Tried | None, held_back: Judged, *, seed: int = 0) -> Offer:
    """
    Say whether the head is offered, by all verdicts, each judged by a head that never saw it.

    Args:
        enough: of `is_enough`.
        tried: out of fold; None when nothing could be fitted.
        held_back: what the finished model said of the verdicts held back.
        seed: of the bootstrap over articles.
    """
    if enough.why is not None:
        return enough
    if tried is None:
        return replace(enough, why="all that reject, or all that approve, are held back")
    measured = measure(_together(tried.judged, held_back), seed=seed)
    why = None
    # Comparisons with nan are false, so that what cannot be measured is not offered.
    if not measured.auc_low > _LEAST_AUC:
        why = "it does not surely tell what is approved here from what is rejected"
    return replace(enough, measured=measured, why=why)


def _group(row: Row) -> str:
    return f"{row.source}/{row.group}"


def overhear_rows(rows: Sequence[Row], model: LearnedModel) -> list[Overheard]:
    """Give what the head reads of each row's comment, as `model` says it."""
    parts = Parallel(n_jobs=-1)(
        delayed(_overhear_batch)(rows[i : i + _BATCH], model) for i in range(0, len(rows), _BATCH)
    )
    return [heard for part in parts for heard in part]


def _overhear_batch(rows: Sequence[Row], model: LearnedModel) -> list[Overheard]:
    return [model.overhear(item) for item in items_of(model, rows)]


def _columns(heard: Sequence[Overheard], numbers: Float64) -> csr_matrix:
    """Lay numbers and n-grams side by side: shape (n, REJECT_SIZE + 2**REJECT_BITS)."""
    ends = np.cumsum([0, *(each.buckets.size for each in heard)])
    ngrams = csr_matrix(
        (
            np.concatenate([each.values for each in heard]).astype(np.float64) * _WORDING,
            np.concatenate([each.buckets for each in heard]),
            ends,
        ),
        shape=(len(heard), 1 << REJECT_BITS),
    )
    # A bucket into which two n-grams of one text were folded counts for both, as in serving.
    ngrams.sum_duplicates()
    return hstack((csr_matrix(numbers), ngrams), format="csr")


def _fit(
    columns: csr_matrix, wanted: npt.NDArray[np.float32], weights: Float64
) -> tuple[Float64, float]:
    """Fit a logistic regression: weights of all columns, and the intercept."""
    # A column that no text has keeps weight 0; left in, a small fit would take as long as a large.
    used = np.unique(columns.indices)
    learner = LogisticRegression(C=_STRENGTH, solver="lbfgs", max_iter=500)
    learner.fit(columns[:, used], wanted, sample_weight=weights)
    learned = np.zeros(columns.shape[1])
    learned[used] = learner.coef_[0]
    return learned, float(learner.intercept_[0])


def _log_odds(
    columns: csr_matrix, wanted: npt.NDArray[np.float32], weights: Float64, asked: csr_matrix
) -> Float64:
    if len(np.unique(wanted)) < 2:
        return np.zeros(asked.shape[0])
    learned, intercept = _fit(columns, wanted, weights)
    return np.asarray(asked @ learned + intercept, np.float64)


def _calibrate(
    log_odds: Float64, wanted: npt.NDArray[np.float32], weights: Float64
) -> tuple[float, float]:
    """
    Fit slope and offset of Platt's sigmoid to targets drawn in by one row of each class.

    So Platt (1999) has it: where few verdicts happen to be told apart without an error, plain 0 and
    1 would make the next probability .999999.
    """
    ones = wanted == 1
    most = (weights[ones].sum() + 1) / (weights[ones].sum() + 2)
    least = 1 / (weights[~ones].sum() + 2)
    target = np.where(ones, most, least)
    # A target between 0 and 1 is the same row twice, once as either.
    learner = LogisticRegression(C=1e3, solver="lbfgs", max_iter=200).fit(
        np.concatenate((log_odds, log_odds))[:, None],
        np.repeat([1, 0], len(wanted)),
        sample_weight=np.concatenate((weights * target, weights * (1 - target))),
    )
    slope = float(learner.coef_[0, 0])
    # Upside down it would order comments by the opposite; such a head is not offered anyway.
    return (slope, float(learner.intercept_[0])) if slope > 0 else (1.0, 0.0)


def _judged(
    rows: Sequence[Row], wanted: Float64, said: Float64, groups: npt.NDArray[np.str_]
) -> Judged:
    return Judged(
        wanted=wanted,
        said=said,
        sources=np.array([row.source for row in rows], dtype=np.str_),
        groups=groups,
        languages=np.array([row.language for row in rows], dtype=np.str_),
    )


def _together(one: Judged, other: Judged) -> Judged:
    return Judged(
        wanted=np.concatenate((one.wanted, other.wanted)),
        said=np.concatenate((one.said, other.said)),
        sources=np.concatenate((one.sources, other.sources)),
        groups=np.concatenate((one.groups, other.groups)),
    )
