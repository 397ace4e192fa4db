"""
Error budgets in training: the rows a model's card brings for them, and how well they are kept.

Reads what was judged; fits nothing and has no say in going live.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from moderation.classifiers.bundle import Evidence
from moderation.policy.budget import GRID, from_classes
from moderation.policy.policy import LOW_IS_BAD, Budget
from moderation.training.evaluate import Judged
from moderation.training.intervals import Estimate, share
from moderation.training.markdown import percent
from moderation.training.outcomes import Outcome

__all__ = [
    "REJECTING",
    "Kept",
    "Tried",
    "as_outcome",
    "evidence_of",
    "try_budget",
    "try_budgets",
    "try_head",
]

_OURS = ("corpus", "labels")
# Rows written or judged for this very work; other sets hold what comments elsewhere are like.

REJECTING = ("spam", "toxicity")
"""Heads by which a machine may reject by itself."""
_WRONG_AT_MOST, _SURE = (0.01, 0.05), 0.95
# The promise that the shipped policy gives as its example, and a softer one that a small site can
# have sooner.

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]


def evidence_of(judged: Mapping[str, Judged]) -> dict[str, Evidence]:
    """
    Give the rows on a model's card that budgets rest on: those of our corpus and the site's labels.

    They come from the test split, on which neither head nor sigmoid was ever fitted. On top of a
    base model the calibrating split is learned from as well, and its rows would look too good.

    Args:
        judged: head -> what a model said of held-back rows.

    Returns:
        Of each head that can reject and that has such rows, those rows, highest score first.
    """
    found: dict[str, Evidence] = {}
    for head, rows in judged.items():
        ours = np.flatnonzero(np.isin(rows.sources, _OURS))
        if head in LOW_IS_BAD or not rows.offered or not len(ours):
            continue
        ours = ours[np.argsort(-rows.said[ours], kind="stable")]
        found[head] = Evidence(
            scores=tuple(float(p) for p in _cut_off(rows.said[ours])),
            bad=tuple(int(y) for y in rows.wanted[ours]),
        )
    return found


def _cut_off(scores: Float64) -> Float64:
    """Give the largest number of four digits that is no larger than each score."""
    units = np.floor(scores * 1e4)
    # The product is rounded: .69 times 10,000 comes out a hair below 6,900, and what is a hair
    # below .93 comes out as 9,300.
    units += (units + 1) / 1e4 <= scores
    units -= units / 1e4 > scores
    return units / 1e4


@dataclass(frozen=True, slots=True)
class Kept:
    """
    How a budget fared over many random splits of labelled rows.

    Attributes:
        splits: how many.
        exceeded: share of splits whose threshold breaks the budget on the rows as a whole, of which
            the calibrating ones are a sample: what the guarantee speaks of.
        exceeded_elsewhere: share of splits whose threshold breaks it on the rows that were not
            calibrated on. Those are a sample too, so by their own noise it is a little more.
        supported: share of splits with any threshold at all.
        settled: mean over splits of the share of a site's comments settled, 0 where none is.
        threshold: median of the thresholds, or nan.
    """

    splits: int
    exceeded: float
    exceeded_elsewhere: float
    supported: float
    settled: float
    threshold: float


def try_budget(
    judged: Judged, budget: Budget, *, splits: int = 200, share: float = 0.5, seed: int = 0
) -> Kept:
    """
    Find a threshold on a random part of the rows, see how it does, and that many times.

    Rows of one article or thread stay together, as they do between training and the world.

    Args:
        judged: one head that can reject.
        budget: with the share of bad comments that the rows are weighed to.
        share: of the groups, how many are calibrated on, 0..1.
        seed: of the splits.
    """
    scores, bad = judged.said, judged.wanted == 1
    names, group_of = np.unique(judged.groups, return_inverse=True)
    chance = np.random.default_rng(seed)
    every = np.ones(len(scores), np.bool_)
    broken, broken_elsewhere, settled = np.zeros((3, splits))
    thresholds: list[float] = []
    for split in range(splits):
        chosen = chance.permutation(len(names))[: round(share * len(names))]
        within = np.isin(group_of, chosen)
        found = from_classes(scores[within], bad[within], budget, GRID)
        if found.threshold is None:
            continue
        thresholds.append(found.threshold)
        wrong, settled[split] = _on_site(scores, bad, every, found.threshold, budget)
        broken[split] = wrong > budget.wrong_at_most
        wrong, _ = _on_site(scores, bad, ~within, found.threshold, budget)
        broken_elsewhere[split] = wrong > budget.wrong_at_most
    return Kept(
        splits=splits,
        exceeded=float(broken.mean()),
        exceeded_elsewhere=float(broken_elsewhere.mean()),
        supported=len(thresholds) / splits,
        settled=float(settled.mean()),
        threshold=float(np.median(thresholds)) if thresholds else float("nan"),
    )


def _on_site(
    scores: Float64, bad: Bool, among: Bool, threshold: float, budget: Budget
) -> tuple[float, float]:
    """Give the share wrong among what is settled, and the share settled, were a site like this."""
    reached = scores >= threshold
    good_share = float(reached[among & ~bad].mean()) if (among & ~bad).any() else 0.0
    bad_share = float(reached[among & bad].mean()) if (among & bad).any() else 0.0
    wrong = (1 - budget.bad_share) * good_share
    settled = wrong + budget.bad_share * bad_share
    return (wrong / settled if settled else 0.0), settled


@dataclass(frozen=True, slots=True)
class Tried:
    """
    How one budget fared for one head.

    Attributes:
        head: that rejects.
        corpus: whether the rows are those of our corpus and labels, as on a card; else all.
        rows: labelled rows, half of which each split calibrates on.
        budget: that was to be kept.
        kept: how it went.
    """

    head: str
    corpus: bool
    rows: int
    budget: Budget
    kept: Kept


def try_budgets(
    judged: Mapping[str, Judged], bad_share: float, *, splits: int = 200, seed: int = 0
) -> list[Tried]:
    """
    Try every head that can reject by itself, on all rows and on our own alone.

    Args:
        judged: head -> what a model said of held-back rows.
        bad_share: of a site's comments, as the policy states it.
        splits: of each.
        seed: of the splits.
    """
    found = []
    for head in REJECTING:
        every = judged[head]
        if every.offered:
            ours = every.where(np.isin(every.sources, _OURS))
            for rows, corpus in ((every, False), (ours, True)):
                found += try_head(head, rows, bad_share, corpus=corpus, splits=splits, seed=seed)
    return found


def try_head(
    head: str, rows: Judged, bad_share: float, *, corpus: bool, splits: int = 200, seed: int = 0
) -> list[Tried]:
    """
    Try the shipped kind of budget and a softer one for one head.

    Args:
        head: that can reject.
        rows: what a model said of rows that it never saw.
        bad_share: of a site's comments.
        corpus: whether the rows are ours.
        splits: of each budget.
        seed: of the splits.
    """
    budgets = [Budget(most, _SURE, bad_share) for most in _WRONG_AT_MOST]
    return [
        Tried(head, corpus, len(rows.wanted), b, try_budget(rows, b, splits=splits, seed=seed))
        for b in budgets
    ]


def as_outcome(tried: Tried) -> Outcome:
    """Give how often a budget was broken; nan where no split supports it, which shows nothing."""
    kept = tried.kept
    broken = share(round(kept.exceeded * kept.splits), kept.splits)
    place = (
        f"{tried.head}, {100 * tried.budget.wrong_at_most:g} %, "
        f"{'our corpus' if tried.corpus else 'all sources'}, supported in "
        f"{percent(kept.supported)} of splits"
    )
    rate = broken.rate if kept.supported else float("nan")
    found = Estimate(rate, broken.low, broken.high)
    return Outcome("error budgets", place, "share", broken.of, broken.hits, found, "budget")
