"""Error budgets: the promise holds over random samples; too little evidence settles nothing."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.policy.binomial import exact_upper
from moderation.policy.budget import (
    GRID,
    candidates,
    contradicts,
    enough,
    from_classes,
    from_sample,
)
from moderation.policy.policy import Budget

BUDGET = Budget(wrong_at_most=0.05, sure=0.95, bad_share=0.1)
GOOD, BAD = NormalDist(-4.2, 2.24), NormalDist(4.2, 2.24)
# Log-odds that a fair model gives good and bad comments; what is true at a threshold is known.


def draw(chance, rows, bad_share):
    """Give the scores of random comments of a site, and whether each is bad."""
    bad = chance.random(rows) < bad_share
    logits = np.where(bad, BAD.mean, GOOD.mean) + GOOD.stdev * chance.standard_normal(rows)
    return 1 / (1 + np.exp(1.5 - logits)), bad


def truth(threshold, bad_share):
    """Give the true share wrong among what a threshold settles on a site, and the share settled."""
    logit = np.log(threshold / (1 - threshold)) + 1.5
    wrong = (1 - bad_share) * (1 - GOOD.cdf(logit))
    settled = wrong + bad_share * (1 - BAD.cdf(logit))
    return wrong / settled, settled


@pytest.mark.parametrize(
    ("bad_share", "wrong_at_most", "rows"),
    [(0.02, 0.05, 20_000), (0.05, 0.01, 40_000), (0.05, 0.05, 10_000), (0.2, 0.02, 5_000)],
)
def test_the_promise_holds_for_samples_of_a_site(bad_share, wrong_at_most, rows):
    """Of 200 random samples, at most one in twenty leads to a threshold above budget."""
    budget = replace(BUDGET, wrong_at_most=wrong_at_most)
    above = settled = said = 0.0
    for seed in range(200):
        scores, bad = draw(np.random.default_rng(seed), rows, bad_share)
        found = from_sample(scores, ~bad, budget, GRID)
        if found.threshold is not None:
            wrong, share = truth(found.threshold, bad_share)
            above += wrong > wrong_at_most
            settled, said = settled + share / 200, said + found.share / 200
    assert above <= 0.05 * 200
    # A promise is easily kept by settling nothing.
    assert settled > 0.4 * bad_share
    assert said == pytest.approx(settled, rel=0.02)


@pytest.mark.parametrize(
    ("bad_share", "wrong_at_most"), [(0.05, 0.05), (0.1, 0.02), (0.2, 0.01), (0.5, 0.01)]
)
def test_the_promise_holds_where_bad_comments_are_rarer_than_in_the_rows(bad_share, wrong_at_most):
    """Of 200 random corpora, a fifth of each bad, at most one in twenty misleads a site."""
    budget = replace(BUDGET, wrong_at_most=wrong_at_most, bad_share=bad_share)
    above = settled = 0.0
    for seed in range(200):
        scores, bad = draw(np.random.default_rng(seed), 5_000, 0.2)
        found = from_classes(scores, bad, budget, GRID)
        if found.threshold is not None:
            wrong, share = truth(found.threshold, bad_share)
            above += wrong > wrong_at_most
            settled += share / 200
    assert above <= 0.05 * 200
    assert settled > 0.4 * bad_share


@pytest.mark.parametrize("rows", [60, 300, 900])
def test_the_promise_holds_where_the_score_knows_nothing(rows):
    """With one in sixteen wrong at any threshold, any threshold is one too many."""
    misled = {"sample": 0, "classes": 0}
    for seed in range(200):
        chance = np.random.default_rng(seed)
        scores, bad = 0.5 + chance.random(rows) / 2, chance.random(rows) < 15 / 16
        found = from_sample(scores, ~bad, BUDGET, GRID)
        misled["sample"] += found.threshold is not None
        found = from_classes(scores, bad, replace(BUDGET, bad_share=15 / 16), GRID)
        misled["classes"] += found.threshold is not None
    assert max(misled.values()) <= 0.05 * 200, misled


def test_the_corpus_own_share_of_bad_rows_would_mislead():
    """What is within budget among rows that are half spam breaks it where spam is rare."""
    scores, bad = draw(np.random.default_rng(0), 20_000, 0.5)
    threshold = from_sample(scores, ~bad, BUDGET, GRID).threshold
    assert threshold is not None
    assert truth(threshold, 0.5)[0] < BUDGET.wrong_at_most < truth(threshold, 0.02)[0]
    careful = from_classes(scores, bad, replace(BUDGET, bad_share=0.02), GRID).threshold
    assert careful is not None
    assert truth(careful, 0.02)[0] < BUDGET.wrong_at_most


@st.composite
def labelled(draw):
    """Scores with labels that have nothing, much or all to do with them."""
    seed, rows = draw(st.integers(0, 10_000)), draw(st.integers(0, 3_000))
    sense, bad_share = draw(st.floats(-1, 1)), draw(st.floats(0, 1))
    chance = np.random.default_rng(seed)
    scores = chance.random(rows) ** draw(st.floats(0.1, 3))
    bad = chance.random(rows) < np.clip(bad_share + sense * (scores - 0.5), 0, 1)
    return scores, bad


@st.composite
def budgets(draw):
    """Any budget a policy may state."""
    return Budget(
        draw(st.floats(0.0001, 0.5)), draw(st.floats(0.5, 0.9999)), draw(st.floats(0.0001, 0.9999))
    )


@given(labelled(), budgets(), st.none() | st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_a_threshold_comes_with_its_proof_and_none_with_its_reason(rows, budget, hold):
    """Whatever the rows: bounded within budget and not below hold, or else a sentence."""
    scores, bad = rows
    for found in (
        from_sample(scores, ~bad, budget, candidates(hold)),
        from_classes(scores, bad, budget, candidates(hold)),
    ):
        assert found.rows == len(scores)
        if found.threshold is None:
            assert found.why
            assert (found.bound, found.share, found.settled) == (None, None, 0)
            continue
        assert found.why is None
        assert found.threshold >= (hold or 0)
        assert found.bound is not None
        assert found.bound <= budget.wrong_at_most + 1e-9
        assert found.settled == (scores >= found.threshold).sum()
        assert found.wrong == (~bad & (scores >= found.threshold)).sum()
        assert found.share is not None
        assert 0 <= found.share <= 1


@given(labelled(), budgets(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_says_nothing(rows, budget, seed):
    """Rows shuffled give the same result."""
    scores, bad = rows
    order = np.random.default_rng(seed).permutation(len(scores))
    for way in (from_sample, from_classes):
        assert way(scores, bad, budget, GRID) == way(scores[order], bad[order], budget, GRID)


def test_strict_thresholds_with_few_rows_do_not_end_the_search():
    """Ten rows above .99 can prove nothing; the search begins where enough of them are."""
    scores = np.concatenate((np.full(10, 0.995), np.full(500, 0.9), np.full(2_000, 0.1)))
    wrong = scores < 0.5
    found = from_sample(scores, wrong, replace(BUDGET, wrong_at_most=0.01), GRID)
    assert found.threshold == 0.5
    assert (found.settled, found.wrong) == (510, 0)
    found = from_classes(scores, ~wrong, replace(BUDGET, bad_share=0.2), GRID)
    assert found.threshold == 0.5


def test_one_wrong_row_at_the_very_top_does_not_end_it():
    """Where there are rows enough, a second search begins further down and forgives it."""
    scores = np.concatenate((np.full(330, 0.999), np.full(2_000, 0.93), np.full(3_000, 0.1)))
    wrong = scores < 0.5
    wrong[0] = True
    found = from_sample(scores, wrong, replace(BUDGET, wrong_at_most=0.01), GRID)
    assert found.threshold == 0.5
    assert found.wrong == 1


def test_nothing_after_a_failure_is_looked_at():
    """A stretch of wrong rows ends the search although all rows together would be within budget."""
    scores = np.concatenate((np.full(800, 0.95), np.full(100, 0.8), np.full(20_000, 0.6)))
    wrong = scores == 0.8
    assert from_sample(scores, wrong, BUDGET, GRID).threshold == 0.81
    assert exact_upper(100, 20_900, 0.05) < BUDGET.wrong_at_most


def test_too_few_rows_are_said_with_what_it_takes():
    """The reason counts the rows there are and those needed."""
    scores = np.full(58, 0.97)
    found = from_sample(scores, np.zeros(58, bool), BUDGET, candidates(0.6))
    assert found.threshold is None
    assert found.why is not None
    assert found.why.startswith("58 of 58 labelled comments score 0.6 or more")
    assert "takes 59 without" in found.why
    assert from_sample(np.full(59, 0.97), np.zeros(59, bool), BUDGET, GRID).threshold == 0.5


def test_too_many_errors_are_said_with_how_many():
    """The reason names the errors, and how wrong it could be."""
    scores, wrong = np.full(100, 0.97), np.arange(100) < 9
    found = from_sample(scores, wrong, BUDGET, GRID)
    assert found.why == (
        "of 100 comments that score 0.97 or more, 9 would be settled wrongly, so that up to 15.2 %"
        " may be"
    )


def test_a_class_without_rows_supports_nothing():
    """Only good rows, only bad rows, or none at all: a reason and no threshold."""
    for bad in (np.zeros(500, bool), np.ones(500, bool), np.zeros(0, bool)):
        found = from_classes(np.full(len(bad), 0.9), bad, BUDGET, GRID)
        assert found.threshold is None
        assert found.why is not None
        assert "too few" in found.why


@pytest.mark.parametrize("bad_share", [0.0005, 0.012, 0.07])
def test_the_share_of_bad_comments_is_told_as_the_policy_states_it(bad_share):
    """A reason may round its bound up, never the number somebody wrote."""
    bad = np.arange(40) % 2 == 0
    budget = replace(BUDGET, bad_share=bad_share)
    for scores in (np.full(40, 0.9), np.where(bad, 0.2, 0.9)):
        why = from_classes(scores, bad, budget, GRID).why
        assert why is not None
        assert f"where {100 * bad_share:g} % of the comments are bad" in why


def test_a_hold_above_every_threshold_leaves_nothing_to_try():
    """A policy that holds only what is certain has nothing to reject by a budget."""
    assert candidates(0.9995) == ()
    found = from_sample(np.ones(500), np.zeros(500, bool), BUDGET, ())
    assert found.why == "there is no threshold to try between hold and 0.999"
    assert from_classes(np.ones(500), np.arange(500) % 2 == 0, BUDGET, ()).why == found.why
    assert not enough(np.ones(500), BUDGET, ())


def test_thresholds_to_try_are_strictest_first():
    """They fall from near 1 to one half, each once."""
    assert list(GRID) == sorted(set(GRID), reverse=True)
    assert (GRID[0], GRID[-1]) == (0.999, 0.5)
    assert candidates(0.95) == (0.999, 0.998, 0.995, 0.99, 0.985, 0.98, 0.97, 0.96, 0.95)


def test_a_few_errors_contradict_and_one_does_not():
    """What chance can explain is no contradiction."""
    scores = np.full(40, 0.97)
    assert not contradicts(scores, np.arange(40) < 1, 0.95, BUDGET)
    assert contradicts(scores, np.arange(40) < 8, 0.95, BUDGET)
    assert not contradicts(scores, np.arange(40) < 8, 0.98, BUDGET)
    assert not contradicts(np.zeros(0), np.zeros(0, bool), 0.95, BUDGET)
