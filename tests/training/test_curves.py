"""Curves and calibration: what a perfect, an honest and a boasting head look like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from moderation.training.curves import (
    BINS,
    calibration,
    coverage_error,
    of_sources,
    precision_recall,
)
from moderation.training.evaluate import Judged

CHANCE = np.random.default_rng(0)
SAID = CHANCE.random(10_000)
HONEST = (CHANCE.random(10_000) < SAID).astype(float)


def judged(
    wanted: Sequence[float] | np.ndarray,
    said: Sequence[float] | np.ndarray,
    sources: Sequence[str] | None = None,
) -> Judged:
    """Make a result, each row a group of its own."""
    count = len(wanted)
    return Judged(
        wanted=np.asarray(wanted, float),
        said=np.asarray(said, float),
        sources=np.array(sources or ["corpus"] * count, dtype=np.str_),
        groups=np.arange(count).astype(np.str_),
    )


def test_an_honest_head_has_hardly_any_error() -> None:
    """What was said is what happened; the rest is what chance alone would show."""
    found = calibration(judged(HONEST, SAID))
    assert found.error < 0.03
    assert found.error == pytest.approx(found.floor, abs=0.012)
    assert found.low < found.floor
    assert len(found.points) == BINS
    assert all(abs(said - true) < 0.12 for said, true in found.points)


def test_a_head_that_boasts_is_found_out() -> None:
    """One that says .9 for what happens half of the time is off by .4."""
    wanted = np.tile([0.0, 1.0], 300)
    found = calibration(judged(wanted, np.full(600, 0.9)))
    assert found.error == pytest.approx(0.4, abs=0.02)
    assert found.low <= found.error
    assert found.floor < 0.08


def test_bins_hold_as_many_rows_as_the_next() -> None:
    """Also when all rows say nearly the same, no bin is empty."""
    found = calibration(judged(HONEST, SAID**8))
    assert np.isfinite(found.points).all()


def test_too_few_rows_are_not_calibrated() -> None:
    """Ten rows a bin are the least."""
    found = calibration(judged(HONEST[: BINS * 10 - 1], SAID[: BINS * 10 - 1]))
    assert np.isnan([found.error, found.low, found.high, found.floor]).all()
    assert found.points == ()
    assert found.rows == BINS * 10 - 1


def test_calibration_is_the_same_for_the_same_seed() -> None:
    """Intervals and floor are seeded."""
    assert calibration(judged(HONEST, SAID), seed=4) == calibration(judged(HONEST, SAID), seed=4)


def test_a_perfect_head_is_precise_at_every_recall() -> None:
    """Precision stays 1 until all is found, then falls to how common it is."""
    curve = precision_recall(judged([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]))
    assert curve[0] == (0.5, 1.0)
    assert max(y for x, y in curve if x == 1) == 1
    assert [x for x, _ in curve] == sorted(x for x, _ in curve)


def test_with_one_class_there_is_no_curve() -> None:
    """Precision without anything to find means nothing."""
    assert precision_recall(judged([0, 0, 0], [0.1, 0.2, 0.3])) == ()
    assert precision_recall(judged([], [])) == ()


def test_the_surest_answers_are_wrong_least() -> None:
    """Error rises with the share that is settled, up to the error of settling all."""
    curve = coverage_error(judged(HONEST, SAID))
    assert curve[-1][0] == 1
    assert curve[-1][1] == pytest.approx(float(((SAID >= 0.5) != (HONEST == 1)).mean()))
    assert curve[0][1] < curve[len(curve) // 2][1] < curve[-1][1]
    assert coverage_error(judged([], [])) == ()


def test_our_corpus_is_told_from_other_sources() -> None:
    """Curves of either are drawn apart."""
    both = judged([0, 1, 1], [0.1, 0.2, 0.3], ["corpus", "sms", "corpus"])
    assert of_sources(both, corpus=True).said.tolist() == [0.1, 0.3]
    assert of_sources(both, corpus=False).said.tolist() == [0.2]
