"""Log-odds made into probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from moderation.classifiers.heads import LINEAR_HEADS
from moderation.training.calibrate import calibrate_heads, calibrating_weights, platt
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


def mean(logits: np.ndarray, slope: float, offset: float) -> float:
    """Give the mean probability."""
    return float(np.mean(1 / (1 + np.exp(-(slope * logits + offset)))))


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


def test_a_slope_needs_twenty_rows_of_a_class_and_an_offset_five() -> None:
    """With fewer rows less is said; with next to none, nothing."""
    logits = np.concatenate((np.full(100, -1.0), np.full(20, 1.0))) + np.linspace(0, 1, 120)
    wanted = np.concatenate((np.zeros(100), np.ones(20))).astype(np.float32)
    slope, _ = platt(logits, wanted, np.ones(120))
    assert slope != 1
    for count in (119, 105):
        slope, offset = platt(logits[:count], wanted[:count], np.ones(count))
        assert slope == 1
        assert mean(logits[:count], slope, offset) == pytest.approx(wanted[:count].mean())
    assert platt(logits[:104], wanted[:104], np.ones(104)) == DEFAULT
    assert platt(np.empty(0), np.empty(0, np.float32), np.empty(0)) == DEFAULT


def test_a_sigmoid_is_never_upside_down() -> None:
    """A head that is wrong on these rows keeps its order: more log-odds, more probability."""
    logits, wanted = drawn(400, -1.0, 0.5)
    slope, offset = platt(logits, wanted, np.ones(400))
    assert slope == 1
    assert mean(logits, slope, offset) == pytest.approx(wanted.mean())


def test_a_share_is_met_where_all_log_odds_are_one() -> None:
    """A head that knows nothing says of all rows how many of them are true."""
    wanted = np.repeat([1.0, 0.0], [5, 15]).astype(np.float32)
    slope, offset = platt(np.full(20, 0.7), wanted, np.ones(20))
    assert mean(np.full(20, 0.7), slope, offset) == pytest.approx(0.25)


def test_probabilities_are_right_for_comments_under_articles_above_all() -> None:
    """Our corpus outweighs other places where it has enough to say."""
    rows = [replace(row, source="corpus") for row in ham(40, seed=1)]
    rows += [
        replace(row, source=source)
        for row, source in zip(pills(30, seed=2), "abb" * 10, strict=True)
    ]

    def shares(wanted: np.ndarray) -> dict[str, float]:
        weights = calibrating_weights(rows, wanted.astype(np.float32))
        return {name: weights[[r.source == name for r in rows]].sum() for name in ("corpus", *"ab")}

    assert shares(np.arange(70) % 2) == pytest.approx({"corpus": 30, "a": 1, "b": 1})
    assert shares(np.arange(70) > 20) == pytest.approx({"corpus": 3, "a": 1, "b": 1})


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
