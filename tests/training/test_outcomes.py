"""Numbers of one place: what they are on answers that one can count by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef, roc_auc_score

from moderation.training.outcomes import LEAST, METRICS, outcome

CHANCE = np.random.default_rng(0)
WANTED = (CHANCE.random(400) < 0.3).astype(float)
SAID = np.clip(0.5 * WANTED + 0.6 * CHANCE.random(400), 0, 1)
GROUPS = np.arange(400).astype(np.str_)


def test_numbers_are_those_that_everybody_means() -> None:
    """ROC-AUC, F1 and MCC at the probability .5, as scikit-learn works them out."""
    flagged = SAID >= 0.5
    assert METRICS["ROC-AUC"](WANTED, SAID) == pytest.approx(roc_auc_score(WANTED, SAID))
    assert METRICS["F1"](WANTED, SAID) == pytest.approx(f1_score(WANTED, flagged))
    assert METRICS["MCC"](WANTED, SAID) == pytest.approx(matthews_corrcoef(WANTED, flagged))


@pytest.mark.parametrize(("good", "blocked"), [(100, 0), (200, 1), (1000, 5)])
def test_spam_is_caught_while_one_good_comment_in_two_hundred_is_blocked(
    good: int, blocked: int
) -> None:
    """The threshold lies where exactly so many good ones may pass it; below 200 none may."""
    said = np.concatenate((np.linspace(0.0, 1.0, good), [0.5] * 10, [1.1] * 10))
    wanted = np.repeat([0.0, 1.0], [good, 20])
    assert METRICS["caught"](wanted, said) == 0.5
    just_above = np.linspace(0.0, 1.0, good)[good - 1 - blocked] + 1e-9
    said[-20:] = just_above
    assert METRICS["caught"](wanted, said) == 1
    assert (said[:good] >= just_above).sum() == blocked
    said[-20:] = just_above - 1e-9
    assert METRICS["caught"](wanted, said) == 0


@pytest.mark.parametrize("metric", METRICS)
def test_with_one_class_there_is_no_number(metric: str) -> None:
    """Nothing is made up where nothing can be told apart."""
    assert math.isnan(METRICS[metric](np.zeros(40), np.full(40, 0.2)))
    assert math.isnan(METRICS[metric](np.array([]), np.array([])))


def test_a_head_that_flags_nothing_has_no_correlation() -> None:
    """MCC is 0 by convention then, and does not divide by nothing."""
    assert METRICS["MCC"](WANTED, np.zeros(400)) == 0


def test_the_interval_holds_the_number_and_can_be_had_again() -> None:
    """It is drawn by groups, with a seed."""
    one = outcome("spam", "sms", "ROC-AUC", WANTED, SAID, GROUPS, seed=3, goal="video_auc")
    assert one.found.low < one.found.value < one.found.high
    assert (one.rows, one.bad, one.goal) == (400, int(WANTED.sum()), "video_auc")
    assert one == outcome("spam", "sms", "ROC-AUC", WANTED, SAID, GROUPS, seed=3, goal="video_auc")
    few = np.array(["a", "b"])[np.arange(400) % 2]
    wide = outcome("spam", "sms", "ROC-AUC", WANTED, SAID, few, seed=3)
    assert wide.found.value == one.found.value
    assert wide.found != one.found


def test_too_few_rows_of_a_class_give_no_number() -> None:
    """Fourteen are too few, fifteen are enough."""
    for bad in (LEAST - 1, LEAST):
        wanted = np.repeat([0.0, 1.0], [50, bad])
        one = outcome("spam", "sms", "F1", wanted, wanted, np.arange(50 + bad).astype(np.str_))
        assert math.isnan(one.found.value) == (bad < LEAST)
        assert one.rows == 50 + bad
