"""How sure a number is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from moderation.training.intervals import bootstrap, resample_groups, share, sign_test


@given(st.integers(0, 200), st.integers(1, 200))
def test_a_share_has_the_exact_interval(hits: int, of: int) -> None:
    """It is what SciPy's exact test gives, at either end too."""
    hits = min(hits, of)
    found = share(hits, of)
    exact = binomtest(hits, of).proportion_ci(0.95, method="exact")
    assert found.rate == hits / of
    assert found.low == pytest.approx(exact.low)
    assert found.high == pytest.approx(exact.high)


def test_of_nothing_nothing_is_known() -> None:
    """A share of no row has no number."""
    found = share(0, 0)
    assert found.of == 0
    assert np.isnan([found.rate, found.low, found.high]).all()


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sign_test_is_exact(worse: int, better: int) -> None:
    """It is the one-sided binomial test of a fair coin."""
    expected = 1.0
    if worse:
        expected = binomtest(worse, worse + better, alternative="greater").pvalue
    assert sign_test(worse, better) == pytest.approx(expected)


def test_an_interval_holds_its_number() -> None:
    """Of a mean it is about as wide as theory says, and the same for the same seed."""
    values = np.random.default_rng(0).normal(size=400)
    samples = resample_groups(np.arange(400).astype(np.str_), seed=1)
    low, high = bootstrap(lambda rows: float(values[rows].mean()), samples)
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.25)
    assert (low, high) == bootstrap(lambda rows: float(values[rows].mean()), samples)


def test_samples_that_say_nothing_are_left_out() -> None:
    """A statistic may be unknown on a sample; on all of them it is unknown."""
    samples = resample_groups(np.array(["a", "b"]), seed=0)
    assert np.isnan(bootstrap(lambda rows: float("nan"), samples)).all()
    assert resample_groups(np.empty(0, np.str_), seed=0) == []
