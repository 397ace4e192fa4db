"""Articles never seen: nothing that judges a comment has learned from its article."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from joblib import parallel_config

from moderation.terms import Article, RelevanceKind
from moderation.training.cross_fit import THREADS, cross_fit
from moderation.training.encode import encode
from moderation.training.outcomes import METRICS, Outcome
from moderation.training.rows import Row
from moderation.training.serving import shipped_policy
from moderation.training.unseen import measure_unseen
from tests.training.made_rows import READER

_ARTICLES = 12
_OFFERED = ("spam", "toxicity", "substance", "generic", "astray", "relevance", "likely_to_reject")
_SIGNS = {
    RelevanceKind.ON_TOPIC: "on",
    RelevanceKind.GENERIC: "fine",
    RelevanceKind.OFF_TOPIC: "off",
}


def nonsense(chance: random.Random) -> str:
    """Make up a word that says nothing."""
    return "".join(chance.choices("abcdefghiklmnoprstuvwy", k=7))


def remarks(*, shared: bool) -> list[Row]:
    """
    Make a corpus in which one word of a comment gives its kind away, and another one spam.

    Args:
        shared: whether the words are the same under all articles, so that they can be learned
            elsewhere; else every article has words of its own.
    """
    chance = random.Random(3)
    rows = []
    for number in range(_ARTICLES):
        title = f"{nonsense(chance)} {nonsense(chance)}"
        pills = "cheap pills" if shared else f"{nonsense(chance)} {nonsense(chance)}"
        # As long and as often said, so that nothing but the words can tell.
        other = f"{nonsense(chance)[:5]} {nonsense(chance)[:5]}" if shared else pills[::-1]
        article = Article(id=f"a{number}", title=title, body=nonsense(chance), language="en")
        for kind, sign in _SIGNS.items():
            word = f"{sign}{sign}{sign}" if shared else nonsense(chance)
            rows += [
                Row(
                    text=f"{word} {nonsense(chance)} {word} {nonsense(chance)} {word}"
                    + f" {pills if place < 3 else other}" * 3,
                    source="corpus",
                    group=article.id or "",
                    language="en",
                    spam=place < 3,
                    toxicity=False,
                    substance=kind is not RelevanceKind.GENERIC,
                    kind=kind,
                    article=article,
                )
                for place in range(8)
            ]
    return rows


def threads(count: int) -> tuple[list[Row], list[Row]]:
    """Make questions with good answers, which hold a word of theirs, and bad ones."""
    chance = random.Random(5)
    good, bad = [], []
    for number in range(count):
        topic = nonsense(chance)
        post = Article(id=f"t{number}", title=topic, body=f"{topic} {topic}", language="en")
        for place in range(3):
            about = {"source": THREADS, "group": f"t{number}", "language": "en", "article": post}
            words = f"{nonsense(chance)} {place}"
            good.append(Row(f"{topic} {words} {topic}", kind=RelevanceKind.ON_TOPIC, **about))
            bad.append(Row(f"{nonsense(chance)} {words}", **about))
    return good, bad


@pytest.fixture(scope="module", autouse=True)
def one_after_another() -> Iterator[None]:
    """Fit without threads: which warnings are shown is decided for all threads at once."""
    with parallel_config(backend="sequential"):
        yield


def measured(rows: Sequence[Row], bad: Sequence[Row] = ()) -> list[Outcome]:
    """Measure with a small made reader."""
    encoded = encode([row.text for row in rows], READER)
    return measure_unseen(rows, encoded, bad, READER, shipped_policy(), offered=_OFFERED)


def number(found: Sequence[Outcome], goal: str) -> float:
    """Give the only number that counts for a goal."""
    (one,) = [one for one in found if one.goal == goal]
    return one.found.value


@pytest.fixture(scope="module")
def found(one_after_another: None) -> list[Outcome]:
    """What can be learned elsewhere, with threads beside it."""
    good, bad = threads(16)
    return measured([*remarks(shared=True), *good], bad)


def test_what_other_articles_teach_is_known(found: list[Outcome]) -> None:
    """A sign that all articles share tells the kinds apart."""
    assert number(found, "kinds_f1") > 0.8


@pytest.mark.parametrize(("shared", "known"), [(True, True), (False, False)])
def test_nothing_is_known_that_only_the_article_itself_teaches(shared: bool, known: bool) -> None:
    """Were an article's rows in a head that judges them, its own words would tell as well."""
    rows = remarks(shared=shared)
    encoded = encode([row.text for row in rows], READER)
    said, _ = cross_fit(rows, encoded, [], READER, shipped_policy())
    asked = [one for one in said if not one.made and not one.title_only]
    assert len(asked) == len(rows)
    wanted = np.array([float(bool(one.row.spam)) for one in asked])
    told = np.array([one.values["spam"] or 0.0 for one in asked])
    assert (METRICS["ROC-AUC"](wanted, told) > 0.9) == known


def test_budgets_are_tried_on_articles_never_seen(found: list[Outcome]) -> None:
    """Two for each head that may reject; what no split supports is kept by doing nothing."""
    budgets = [one for one in found if one.goal == "budget"]
    assert [one.place.partition(", our corpus")[0] for one in budgets] == [
        "spam, 1 %",
        "spam, 5 %",
        "toxicity, 1 %",
        "toxicity, 5 %",
    ]
    assert all(np.isnan(one.found.value) == ("in 0.0 %" in one.place) for one in budgets)


def test_every_article_is_judged_once(found: list[Outcome]) -> None:
    """The numbers are on all rows of our corpus, whatever their split."""
    (kinds,) = [one for one in found if one.goal == "kinds_f1"]
    assert kinds.rows == _ARTICLES * 24
    (praise,) = [one for one in found if one.goal == "praise"]
    assert praise.rows == _ARTICLES * 5
    by_language = [one for one in found if one.goal == "relevance_each"]
    assert [(one.place, one.rows) for one in by_language] == [("our corpus, en", _ARTICLES * 16)]
    assert number(found, "relevance_mean") == by_language[0].found.value


def test_comments_are_put_under_other_unseen_articles(found: list[Outcome]) -> None:
    """Each on-topic one once under its own and once under another, whole and by title alone."""
    swapped = {one.place: one.rows for one in found if one.goal == "own_article_auc"}
    assert swapped == {
        "our corpus, en": 2 * _ARTICLES * 8,
        "our corpus, en, titles alone": 2 * _ARTICLES * 8,
    }


def test_only_scores_that_are_offered_are_held_to_their_calibration(found: list[Outcome]) -> None:
    """All here but what moderators would do; nor is there any beside the scores that are shown."""
    rows = {one.place.rpartition(" ")[2]: one.rows for one in found if one.goal == "ece"}
    assert set(rows) == {"spam", "toxicity", "substance", "relevance"}
    assert rows["spam"] == _ARTICLES * 24


def test_answers_are_judged_as_shipped_and_taught(found: list[Outcome]) -> None:
    """Two are fitted on the labels of other threads; all see every answer of every thread."""
    answers = [one for one in found if one.place.startswith(THREADS)]
    assert [one.goal for one in answers] == ["answers_auc", None, None]
    assert all((one.rows, one.bad) == (96, 48) for one in answers)
    # Only how they meet their thread tells these apart: their wording is noise.
    assert answers[1].found.value > 0.8
    assert answers[0].found.value > 0.6


@pytest.mark.slow
def test_the_same_rows_give_the_same_numbers() -> None:
    """A figure in a report can be had again."""
    rows = remarks(shared=True)[: 8 * 24]
    assert np.array_equal(
        [one.found for one in measured(rows)],
        [one.found for one in measured(rows)],
        equal_nan=True,
    )


def test_without_a_corpus_there_is_nothing_to_measure() -> None:
    """No number is made up for it."""
    good, bad = threads(4)
    assert measured(good, bad) == []
