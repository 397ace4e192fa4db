"""Exact bounds on a share: against a second implementation, and what must hold of every bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from moderation.policy.binomial import exact_lower, exact_upper, refutes, rows_needed

DOUBT = st.floats(0.0001, 0.5)


@st.composite
def counts(draw, most=2000):
    """Hits among rows."""
    rows = draw(st.integers(1, most))
    return draw(st.integers(0, rows)), rows


@given(counts(), DOUBT)
def test_bounds_are_those_of_clopper_and_pearson(sample, doubt):
    """They are quantiles of two beta distributions, which scipy gives."""
    hits, rows = sample
    upper = 1.0 if hits == rows else beta.ppf(1 - doubt, hits + 1, rows - hits)
    lower = 0.0 if hits == 0 else beta.ppf(doubt, hits, rows - hits + 1)
    assert exact_upper(hits, rows, doubt) == pytest.approx(upper, abs=1e-9)
    assert exact_lower(hits, rows, doubt) == pytest.approx(lower, abs=1e-9)


@given(st.integers(1, 60), st.floats(0.001, 0.999), DOUBT)
def test_a_bound_is_missed_no_more_often_than_it_says(rows, share, doubt):
    """Over all samples there can be, the upper bound lies below the truth with `doubt` at most."""
    missed = sum(
        binom.pmf(hits, rows, share)
        for hits in range(rows + 1)
        if exact_upper(hits, rows, doubt) < share
    )
    assert missed <= doubt + 1e-9


@given(counts(), st.floats(0.001, 0.999), DOUBT)
def test_refuting_a_share_is_having_a_bound_below_it(sample, share, doubt):
    """The short cut gives the same answer as the bound."""
    bound = exact_upper(*sample, doubt)
    if abs(bound - share) > 1e-9:
        assert refutes(*sample, share, doubt) == (bound < share)


@given(st.floats(0.0005, 0.5), st.floats(0.0001, 0.5))
def test_rows_needed_are_just_enough(share, doubt):
    """So many rows without a hit refute the share, and one row less does not."""
    rows = rows_needed(share, doubt)
    assert refutes(0, rows, share, doubt)
    assert rows == 1 or not refutes(0, rows - 1, share, doubt)


def test_the_textbook_number():
    """To be 95 % sure of at most 1 % it takes 299 rows without an error."""
    assert rows_needed(0.01, 0.05) == 299


@pytest.mark.parametrize(("hits", "rows"), [(0, 0), (5, 5)])
def test_without_a_miss_nothing_is_bounded(hits, rows):
    """No rows, or nothing but hits, leave every share possible."""
    assert exact_upper(hits, rows, 0.05) == 1.0
    assert not refutes(hits, rows, 0.99, 0.05)


def test_without_rows_the_lower_bound_is_nothing():
    """Where nothing was looked at, nothing was found."""
    assert exact_lower(0, 0, 0.05) == 0.0


@pytest.mark.parametrize(("share", "refuted"), [(0.0, False), (1.0, True)])
def test_no_share_and_every_share_are_decided_without_arithmetic(share, refuted):
    """Some hits cannot refute that there may be none; a miss refutes that all are hits."""
    assert refutes(2, 10, share, 0.05) is refuted
