"""Log-odds made into probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moderation.classifiers.heads import LINEAR_HEADS
from moderation.training.calibrate import calibrate_heads, platt
from moderation.training.encode import encode
from moderation.training.fit import fit_heads, fit_idf
from tests.training.made_rows import READER, ham, pills

DEFAULT = (1.0, 0.0)


def drawn(count: int, slope: float, offset: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw log-odds, and labels that are true as often as a sigmoid of them says."""
    chance = np.random.default_rng(0)
    logits = chance.normal(scale=3, size=count)
    true = chance.random(count) < 1 / (1 + np.exp(-(slope * logits + offset)))
    return logits, true.astype(np.float32)


def brier(logits: np.ndarray, wanted: np.ndarray, slope: float, offset: float) -> float:
    """Give the squared error of the probabilities."""
    return float(np.mean((1 / (1 + np.exp(-(slope * logits + offset))) - wanted) ** 2))


@pytest.mark.parametrize(("slope", "offset"), [(0.3, -1.0), (2.0, 1.0)])
def test_a_head_that_is_too_sure_or_too_shy_is_mended(slope: float, offset: float) -> None:
    """The sigmoid that made the labels is found again, nearly."""
    logits, wanted = drawn(4000, slope, offset)
    found = platt(logits, wanted, np.ones(4000))
    assert found == pytest.approx((slope, offset), rel=0.25, abs=0.15)
    assert brier(logits, wanted, *found) < brier(logits, wanted, 1.0, 0.0)


def test_too_few_rows_leave_it_as_it_is() -> None:
    """Nineteen rows of a class are not enough, twenty are."""
    logits = np.concatenate((np.full(100, -1.0), np.full(20, 1.0))) + np.linspace(0, 1, 120)
    wanted = np.concatenate((np.zeros(100), np.ones(20))).astype(np.float32)
    fewer = slice(1, 120)
    assert platt(logits[:119], wanted[:119], np.ones(119)) == DEFAULT
    assert platt(-logits[fewer], 1 - wanted[fewer], np.ones(119)) != DEFAULT
    assert platt(logits, wanted, np.ones(120)) != DEFAULT
    assert platt(np.empty(0), np.empty(0, np.float32), np.empty(0)) == DEFAULT


def test_a_sigmoid_is_never_upside_down() -> None:
    """A head that is wrong on these rows keeps its order: more log-odds, more probability."""
    logits, wanted = drawn(400, -1.0, 0.0)
    assert platt(logits, wanted, np.ones(400)) == DEFAULT


def test_heavier_rows_pull_the_sigmoid() -> None:
    """Weights tell whose rates count."""
    logits = np.tile([-1.0, 1.0], 100)
    wanted = (np.arange(200) % 4 >= 2).astype(np.float32)
    wanted[:30] = 1
    even = platt(logits + np.linspace(0, 0.1, 200), logits > 0, np.ones(200))
    assert even[0] > 0
    heavy = np.where(wanted == 1, 10.0, 1.0)
    noisy = logits + np.linspace(-2, 2, 200)
    low = platt(noisy, wanted, np.ones(200))
    high = platt(noisy, wanted, heavy)
    assert 1 / (1 + np.exp(-high[1])) >= 1 / (1 + np.exp(-low[1]))


@pytest.mark.usefixtures("in_threads")
def test_only_heads_with_rows_are_calibrated() -> None:
    """Spam has rows here and moves; the other heads keep slope 1."""
    rows = ham(40, seed=1) + pills(40, seed=2)
    encoded = encode([row.text for row in rows], READER)
    idf = fit_idf(encoded)
    fits = fit_heads(rows, encoded, idf, None)
    unseen = ham(30, seed=11) + pills(30, seed=12)
    part = encode([row.text for row in unseen], READER)
    found = calibrate_heads(unseen, part, idf, fits)
    spam = LINEAR_HEADS.index("spam")
    others = [number for number in range(len(LINEAR_HEADS)) if number != spam]
    assert found[spam].tolist() != [1, 0]
    assert found[others].tolist() == [[1, 0]] * len(others)

    # What a set's nature says is no evidence of how often a head is right.
    assumed = [replace(row, assumed=frozenset({"spam"})) for row in unseen]
    found = calibrate_heads(assumed, part, idf, fits)
    assert found[spam].tolist() == [1, 0]
