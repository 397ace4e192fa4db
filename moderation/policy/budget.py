"""
Error budgets: from labelled rows to the loosest threshold that keeps a promise about errors.

Pure arithmetic on scores and labels; where the rows come from is the caller's (`desk/budgets.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.policy.binomial import exact_lower, exact_upper, refutes, rows_needed
from moderation.policy.policy import Budget

__all__ = ["GRID", "Found", "candidates", "contradicts", "enough", "from_classes", "from_sample"]

GRID = tuple(
    n / 1000 for n in (999, 998, 995, 990, 985, 980, 970, 960, *range(950, 490, -10))
)  # fmt: skip
"""
Thresholds that are tried, strictest first; fixed, so that no label has a say in what is tried.

Finer near 1, where calibrated scores of clear cases lie. More of them would find no better ones:
each is one more chance to stop early by bad luck.
"""

_RECALL_DOUBT = 0.1
# The part of the doubt spent on how many bad comments a threshold catches, which is easy to know:
# hundreds of hits. The rest goes to the few errors among good ones.

_NONE_TO_TRY = f"there is no threshold to try between hold and {GRID[0]:g}"

_SPARED = (0, 3)
# Errors that may pass where a sequence of tests begins. On our corpus one sequence, from 0, settled
# a third of what these two do, and elsewhere about as much (decision record 0011).

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """
    What labelled rows allow under a budget.

    Attributes:
        threshold: comments that score as much or more may be settled; None: none may.
        rows: labelled rows in all.
        settled: rows at or above the threshold.
        wrong: rows among them that would be settled wrongly.
        bound: share wrong that is not exceeded, as sure as the budget asks; None without threshold.
        share: of all comments, how many the threshold settles, 0..1; an estimate.
        why: one sentence on why nothing may be settled; None with a threshold.
    """

    rows: int
    threshold: float | None = None
    settled: int = 0
    wrong: int = 0
    bound: float | None = None
    share: float | None = None
    why: str | None = None


def candidates(hold: float | None) -> tuple[float, ...]:
    """Give the thresholds to try: none below `hold`, where a policy does not even hold."""
    return tuple(threshold for threshold in GRID if hold is None or threshold >= hold)


def from_sample(scores: Float64, wrong: Bool, budget: Budget, thresholds: Sequence[float]) -> Found:
    """
    Find the loosest threshold by rows that are a fair sample of the site's own comments.

    Fixed-sequence testing (Angelopoulos, Bates, Candès, Jordan and Lei, "Learn then Test", 2021):
    from the strictest threshold down, each is tested by the exact binomial bound, until one fails;
    what passed before may be used. The first threshold above budget passes with a probability of at
    most the level of its test, and nothing after a failure is looked at, so the chance that the
    result is above budget is no larger.

    Strict thresholds have too few rows to pass even without an error, and would end the sequence
    before it began. So it begins at the first one with enough rows for passing to be possible at
    all. That choice sees counts and no labels: given how many rows reach a threshold, the number of
    errors among them is binomial whatever was counted elsewhere, but for one thing: where the
    sequence begins, fewer of them than usual also reach the threshold before. Those score higher,
    so as long as higher scores are no less reliable, a sequence that begins there meets more errors
    than usual and passes less often. What is assumed is that order and nothing else of the scores.
    (SGR, Geifman and El-Yaniv 2017, needs no such order; it pays with a smaller level for each step
    of its search.)

    A single bad row with the highest score of all would still end it at the first step. So with
    enough rows there are two sequences, the other one beginning where `_SPARED` errors may pass,
    each with half of the doubt; whichever leads further counts.

    Args:
        scores: shape (n,), 0..1.
        wrong: shape (n,): whether settling the row would be wrong.
        thresholds: strictest first; see `candidates`.
    """
    settled, errors = _reaching(scores, thresholds), _reaching(scores[wrong], thresholds)
    most = budget.wrong_at_most

    def passes(index: int, hits: int, doubt: float) -> bool:
        return refutes(hits, settled[index], most, doubt)

    walked = _walk(errors, passes, 1 - budget.sure)
    if walked is None:
        needed = rows_needed(most, 1 - budget.sure)
        return Found(len(scores), why=_too_few(scores, thresholds, settled, needed))
    at = walked.at
    bound = exact_upper(errors[at], settled[at], walked.doubt)
    if not walked.passed:
        return Found(
            len(scores),
            why=f"of {settled[at]:,} comments that score {thresholds[at]:g} or more,"
            f" {errors[at]:,} would be settled wrongly, so that up to {_percent(bound)} may be",
        )
    return Found(
        rows=len(scores),
        threshold=thresholds[at],
        settled=settled[at],
        wrong=errors[at],
        bound=bound,
        share=settled[at] / len(scores),
    )


def from_classes(scores: Float64, bad: Bool, budget: Budget, thresholds: Sequence[float]) -> Found:
    """
    Find the loosest threshold by rows in which bad comments are not as frequent as on the site.

    A labelled corpus holds far more spam than a site does, so the share of errors among its rows
    says nothing. Two things carry over: how many good comments reach a threshold, and how many bad
    ones do. With the site's share of bad comments ``b``, the share wrong is
    ``(1-b) G / ((1-b) G + b B)``, and it is bounded by an upper bound of ``G`` and a lower bound of
    ``B``, both exact. (Weighing the rows instead would leave no binomial, hence no exact bound.)

    The doubt is divided: a tenth for ``B``, bounded at all thresholds at once (each at a level
    divided by their number), the rest for ``G``, by fixed-sequence testing as in `from_sample`. A
    sequence begins where passing is possible, which the bad rows alone decide: the good rows, whose
    errors are tested, are independent of them. So nothing is assumed of the scores.

    Args:
        scores: shape (n,), 0..1.
        bad: shape (n,): whether settling the row would be right.
        thresholds: strictest first; see `candidates`.
    """
    doubt, site_bad = 1 - budget.sure, budget.bad_share
    good_rows, bad_rows = int((~bad).sum()), int(bad.sum())
    caught, errors = _reaching(scores[bad], thresholds), _reaching(scores[~bad], thresholds)
    each = _RECALL_DOUBT * doubt / max(1, len(thresholds))
    recall = [exact_lower(count, bad_rows, each) for count in caught]
    odds = budget.wrong_at_most / (1 - budget.wrong_at_most) * site_bad / (1 - site_bad)

    def passes(index: int, hits: int, doubt: float) -> bool:
        # The share of good comments that may reach a threshold, for the budget to hold.
        return refutes(hits, good_rows, odds * recall[index], doubt)

    rest = (1 - _RECALL_DOUBT) * doubt
    walked = _walk(errors, passes, rest)
    if not thresholds:
        return Found(len(scores), why=_NONE_TO_TRY)
    if walked is None:
        best = _wrong_share(exact_upper(0, good_rows, rest), max(recall, default=0.0), site_bad)
        return Found(
            len(scores),
            why=f"{good_rows:,} good and {bad_rows:,} bad labelled rows are too few: even without"
            f" an error among them, up to {_percent(best)} of what is settled may be wrong where"
            f" {100 * site_bad:g} % of the comments are bad",
        )
    at = walked.at
    bound = _wrong_share(exact_upper(errors[at], good_rows, walked.doubt), recall[at], site_bad)
    if not walked.passed:
        return Found(
            len(scores),
            why=f"at {thresholds[at]:g}, the strictest threshold that so many rows can support,"
            f" {errors[at]:,} of {good_rows:,} good rows would be settled wrongly, so that up to"
            f" {_percent(bound)} of what is settled may be wrong where {100 * site_bad:g} % of the"
            " comments are bad",
        )
    return Found(
        rows=len(scores),
        threshold=thresholds[at],
        settled=errors[at] + caught[at],
        wrong=errors[at],
        bound=bound,
        share=(1 - site_bad) * errors[at] / good_rows + site_bad * caught[at] / bad_rows,
    )


@dataclass(frozen=True, slots=True)
class _Walked:
    """Where testing led: the last threshold that passed, or the first one tested in vain."""

    at: int
    passed: bool
    doubt: float


def _walk(
    errors: Sequence[int], passes: Callable[[int, int, float], bool], doubt: float
) -> _Walked | None:
    """
    Test thresholds in their order, in two sequences or one; None when none could pass at all.

    Args:
        errors: at each threshold.
        passes: whether a threshold, by its index, passes with so many errors at a level of doubt.
            Called with numbers other than those in `errors` to see where passing is possible.
    """
    places = range(len(errors))
    for count in range(len(_SPARED), 0, -1):
        level = doubt / count
        found = [next((i for i in places if passes(i, n, level)), None) for n in _SPARED[:count]]
        starts = [start for start in found if start is not None]
        if len(starts) == count:
            break
    else:
        return None
    reached: list[int] = []
    for start in starts:
        failed = next((i for i in places[start:] if not passes(i, errors[i], level)), len(errors))
        reached += range(start, failed)
    return _Walked(max(reached), True, level) if reached else _Walked(starts[0], False, level)


def enough(scores: Float64, budget: Budget, thresholds: Sequence[float]) -> bool:
    """
    Tell whether a site's own sample has the rows to support a budget, were none of them wrong.

    By counts alone: whoever took the site's rows only when they pass would have two tries.
    """
    needed = rows_needed(budget.wrong_at_most, 1 - budget.sure)
    return bool(thresholds) and _reaching(scores, thresholds)[-1] >= needed


def contradicts(scores: Float64, wrong: Bool, threshold: float, budget: Budget) -> bool:
    """
    Tell whether a site's own sample shows that a threshold found otherwise breaks the budget.

    It takes less than `enough`: a handful of errors among few rows is proof of too many.
    """
    settled, errors = int((scores >= threshold).sum()), int((scores[wrong] >= threshold).sum())
    return exact_lower(errors, settled, 1 - budget.sure) > budget.wrong_at_most


def _reaching(scores: Float64, thresholds: Sequence[float]) -> list[int]:
    """Count the rows at or above each threshold."""
    return [int(count) for count in len(scores) - np.searchsorted(np.sort(scores), thresholds)]


def _wrong_share(good: float, bad: float, site_bad: float) -> float:
    """Give the share wrong among what is settled, from the shares of good and bad that are."""
    wrong, right = (1 - site_bad) * good, site_bad * bad
    return wrong / (wrong + right) if wrong + right else 1.0


def _too_few(
    scores: Float64, thresholds: Sequence[float], settled: Sequence[int], needed: int
) -> str:
    if not thresholds:
        return _NONE_TO_TRY
    return (
        f"{settled[-1]:,} of {len(scores):,} labelled comments score {thresholds[-1]:g} or more,"
        f" and it takes {needed:,} without an error"
    )


def _percent(share: float) -> str:
    """Give a share as a percentage that is never rounded down."""
    return f"{np.ceil(share * 1000) / 10:g} %"
