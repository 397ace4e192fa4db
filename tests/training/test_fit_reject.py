"""What verdicts teach of a site's moderators, and when that is offered."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from moderation.classifiers.model import LearnedModel
from moderation.classifiers.reject import REJECT
from moderation.terms import HEADS
from moderation.training.evaluate import judge
from moderation.training.fit_reject import (
    Offer,
    fit_reject,
    is_enough,
    judge_in_parts,
    judge_offer,
    overhear_rows,
)
from moderation.training.rows import Row, Split, split_of
from tests.classifiers.random_model import make_model
from tests.training.made_site import (
    Moderators,
    coin_flips,
    comments,
    is_about_the_harbour,
    is_shouted,
    likely,
    verdicts,
)

pytestmark = pytest.mark.usefixtures("in_threads")


@pytest.fixture(scope="module")
def told() -> LearnedModel:
    """A model that never saw a verdict; its other heads know nothing of this town."""
    return make_model()


def learn(rows: list[Row], told: LearnedModel) -> tuple[LearnedModel, Offer]:
    """Fit and judge as the recipe does; the model gives the score only when it is offered."""
    enough = is_enough(rows)
    tried = fit_reject(rows, told) if enough.why is None else None
    model = replace(told, reject=tried.head if tried else None)
    held_back = judge(model, [row for row in rows if split_of(row) is Split.TEST])[REJECT]
    offer = judge_offer(enough, tried, held_back)
    return (model if offer.why is None else replace(model, reject=None)), offer


def undecided(seed: int = 0) -> Moderators:
    """Give moderators who keep to their rule in four cases of five."""
    chance = random.Random(seed)
    return lambda text: is_about_the_harbour(text) != (chance.random() < 0.2)


@pytest.mark.parametrize("moderators", [is_shouted, is_about_the_harbour])
def test_what_moderators_do_is_learned(told: LearnedModel, moderators: Moderators) -> None:
    """After 300 verdicts comments that nobody saw are in the order of what they would do."""
    model, offer = learn(verdicts(300, moderators, seed=1), told)
    assert offer.why is None
    assert offer.measured is not None
    assert offer.measured.auc_low > 0.6
    texts = comments(200, seed=2)
    wanted = [moderators(text) for text in texts]
    said = likely(model, texts)
    assert roc_auc_score(wanted, said) > 0.9
    # It is a probability: on average what happens, and never certain after so few.
    assert np.mean(said) == pytest.approx(np.mean(wanted), abs=0.1)
    assert 0.0001 < min(said) < max(said) < 0.9999


def test_thirty_verdicts_are_too_few(told: LearnedModel) -> None:
    """However plain they are: the score is null, and the reason is stated."""
    model, offer = learn(verdicts(30, is_shouted, seed=1), told)
    assert offer.why == "it takes 100 verdicts"
    assert "not offered" in offer.describe()
    assert likely(model, comments(5, seed=2)) == []


@pytest.mark.parametrize("seed", range(5))
def test_contradictory_verdicts_are_not_offered(told: LearnedModel, seed: int) -> None:
    """Of coin flips nothing can be learned, and nothing is claimed."""
    model, offer = learn(verdicts(300, coin_flips(seed), seed=seed), told)
    assert offer.why is not None
    assert "does not surely tell" in offer.why
    assert likely(model, comments(5, seed=99)) == []


def test_a_one_sided_desk_is_not_offered(told: LearnedModel) -> None:
    """Where hardly anything was rejected, nobody can say what would be."""
    rows = verdicts(300, lambda text: "number 7 " in text, seed=1)
    _, offer = learn(rows, told)
    assert offer.why == "it takes 20 that approve and 20 that reject"


def test_verdicts_under_few_articles_are_not_offered(told: LearnedModel) -> None:
    """A head that has seen three threads may know those three and nothing else."""
    _, offer = learn(verdicts(300, is_shouted, seed=1, articles=3), told)
    assert offer.why == "it takes verdicts under 8 articles"


def test_all_of_one_action_held_back_is_not_offered(told: LearnedModel) -> None:
    """Nothing is fitted, and the run goes on."""
    rows = verdicts(300, is_shouted, seed=1)
    rows = [replace(row, rejected=split_of(row) is Split.TEST) for row in rows]
    model, offer = learn(rows, told)
    assert offer.why is not None
    assert "held back" in offer.why
    assert model.reject is None


def test_fitting_twice_gives_the_same(told: LearnedModel) -> None:
    """The same verdicts make the same head."""
    rows = verdicts(120, is_shouted, seed=1)
    one, other = fit_reject(rows, told), fit_reject(rows, told)
    assert one is not None
    assert other is not None
    for name in one.head.__dataclass_fields__:
        assert np.array_equal(getattr(one.head, name), getattr(other.head, name))


def test_a_verdict_that_stands_for_many_counts_more(told: LearnedModel) -> None:
    """Comments drawn from those nobody else sees pull the probability to what is true of all."""
    rows = verdicts(300, undecided(), seed=1)
    # Of the approved ones, each speaks for five.
    weighed = [replace(row, represents=1.0 if row.rejected else 5.0) for row in rows]
    plain, fair = learn(rows, told)[0], learn(weighed, told)[0]
    texts = comments(100, seed=2)
    assert np.mean(likely(fair, texts)) < np.mean(likely(plain, texts))


def test_the_card_says_what_it_rests_on(told: LearnedModel) -> None:
    """Counts always, quality where there is a head, the reason where it is not offered."""
    _, offer = learn(verdicts(300, is_shouted, seed=1), told)
    numbers = offer.as_numbers()
    assert (numbers["verdicts"], numbers["articles"]) == (300, 40)
    assert numbers["roc_auc_low"] > 0.6  # type: ignore[operator]
    assert "not_offered" not in numbers
    few = is_enough(verdicts(30, is_shouted, seed=1)).as_numbers()
    assert few["not_offered"] == "it takes 100 verdicts"
    assert "roc_auc" not in few


def test_a_finished_model_reads_as_it_was_taught(told: LearnedModel) -> None:
    """Training and serving take the same numbers of a comment, and every head keeps its score."""
    model, _ = learn(verdicts(300, is_shouted, seed=1), told)
    rows = verdicts(20, is_shouted, seed=5)
    before, after = judge(told, rows), judge(model, rows)
    for head in HEADS:
        same = np.array_equal(before[head].said, after[head].said)
        assert same is (head != REJECT)


def test_each_part_is_judged_by_what_the_others_teach(told: LearnedModel) -> None:
    """A rule that holds in all is learned; verdicts of the part itself teach nothing of it."""
    rows = verdicts(240, is_about_the_harbour, seed=4)
    parts = [rows[:80], rows[80:160], rows[160:]]
    heard = [overhear_rows(part, told) for part in parts]
    wanted = [np.array([float(row.rejected is True) for row in part]) for part in parts]
    log_odds = judge_in_parts(heard, wanted)
    assert roc_auc_score(np.concatenate(wanted), log_odds) > 0.9
    lies = judge_in_parts(heard, [1 - wanted[0], *wanted[1:]])
    assert np.allclose(lies[:80], log_odds[:80])
    assert not np.allclose(lies[80:], log_odds[80:])
