"""Error budgets in training: which rows a card brings, and that a promise is kept over splits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moderation.policy.budget import GRID
from moderation.policy.policy import Budget
from moderation.training.budgets import (
    as_outcome,
    evidence_of,
    try_budget,
    try_budgets,
    try_head,
)
from moderation.training.evaluate import Judged

BUDGET = Budget(wrong_at_most=0.05, sure=0.95, bad_share=0.2)


def judged(rows: int = 6_000, *, seed: int = 0, sources: tuple[str, ...] = ("corpus",)) -> Judged:
    """Make rows that a fair model judged: a third of them bad, ten of one article."""
    chance = np.random.default_rng(seed)
    bad = chance.random(rows) < 1 / 3
    logits = np.where(bad, 3.0, -4.0) + 2 * chance.standard_normal(rows)
    return Judged(
        wanted=bad.astype(np.float64),
        said=1 / (1 + np.exp(-logits)),
        sources=np.array([sources[n % len(sources)] for n in range(rows)]),
        groups=np.array([str(n // 10) for n in range(rows)]),
    )


def test_a_card_brings_our_rows_of_heads_that_can_reject() -> None:
    """Corpus and labels count, other sets and heads whose low scores are bad do not."""
    rows = judged(40, sources=("corpus", "sms", "labels", "youtube"))
    found = evidence_of({"spam": rows, "relevance": rows, "substance": rows})
    assert set(found) == {"spam"}
    ours = np.isin(rows.sources, ("corpus", "labels"))
    assert len(found["spam"].scores) == ours.sum() == 20
    assert sum(found["spam"].bad) == rows.wanted[ours].sum()
    assert evidence_of({"spam": judged(40, sources=("sms",))}) == {}


def test_evidence_reaches_a_threshold_exactly_when_its_comment_would() -> None:
    """Scores are cut off, not rounded: .94999 does not become .95."""
    rows = judged(2_000)
    rows.said[:4] = (0.94999, 0.95, 0.9999999, 0.0)
    rows.said[4 : 4 + len(GRID)] = GRID
    rows.said[100 : 100 + len(GRID)] = np.nextafter(GRID, 0)
    scores = np.array(evidence_of({"spam": rows})["spam"].scores)
    for threshold in GRID:
        assert (scores >= threshold).sum() == (rows.said >= threshold).sum()
    assert list(scores) == sorted(scores, reverse=True)


def test_a_budget_is_kept_over_many_splits() -> None:
    """Of 200 random splits, at most one in twenty finds a threshold that breaks the budget."""
    kept = try_budget(judged(), BUDGET)
    assert kept.splits == 200
    assert kept.exceeded <= 0.05
    assert kept.exceeded_elsewhere <= 0.05
    assert kept.supported > 0.9
    assert 0.05 < kept.settled < 0.2
    assert 0.5 <= kept.threshold <= 0.999


def test_a_promise_half_sure_is_broken_now_and_then() -> None:
    """What is counted as exceeded can happen, and happens no more often than was said."""
    kept = try_budget(judged(), replace(BUDGET, sure=0.5), splits=100)
    assert 0 < kept.exceeded <= 0.5


def test_more_rows_settle_more() -> None:
    """What a budget costs in coverage is known to be a matter of labels."""
    few, many = (try_budget(judged(n), BUDGET, splits=20) for n in (1_200, 6_000))
    assert few.settled < many.settled


@pytest.mark.parametrize("rows", [0, 30])
def test_too_few_rows_settle_nothing(rows: int) -> None:
    """No threshold in any split, no number made up for one."""
    kept = try_budget(judged(rows), BUDGET, splits=20)
    assert (kept.exceeded, kept.supported, kept.settled) == (0.0, 0.0, 0.0)
    assert np.isnan(kept.threshold)


def test_splits_are_the_same_for_the_same_seed() -> None:
    """A figure in a report can be had again."""
    rows = judged(3_000)
    assert try_budget(rows, BUDGET, splits=20) == try_budget(rows, BUDGET, splits=20)


def test_every_head_that_can_reject_is_tried() -> None:
    """On all rows and on those of our corpus, two promises; a score not offered is left out."""
    rows = judged(2_000, sources=("corpus", "sms"))
    found = try_budgets({"spam": rows, "toxicity": rows, "substance": rows}, 0.05, splits=5)
    assert [(t.head, t.corpus, t.rows, t.budget.wrong_at_most) for t in found] == [
        (head, corpus, 1_000 if corpus else 2_000, most)
        for head in ("spam", "toxicity")
        for corpus in (False, True)
        for most in (0.01, 0.05)
    ]
    assert all(t.budget.bad_share == 0.05 and t.kept.splits == 5 for t in found)
    silent = replace(rows, offered=False)
    left = try_budgets({"spam": silent, "toxicity": rows}, 0.05, splits=1)
    assert {t.head for t in left} == {"toxicity"}


def test_a_budget_that_no_split_supports_shows_nothing() -> None:
    """It is kept by rejecting nothing, which is no number that a goal could be reached by."""
    few, many = (try_head("spam", judged(n), 0.2, corpus=True)[1] for n in (60, 6_000))
    assert np.isnan(as_outcome(few).found.value)
    found = as_outcome(many)
    assert found.found.value == many.kept.exceeded
    assert (found.goal, found.rows) == ("budget", 200)
    assert found.place.startswith("spam, 5 %, our corpus, supported in ")
