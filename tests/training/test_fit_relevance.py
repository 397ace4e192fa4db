"""Tests of how much a site's own labels say in relevance."""

from __future__ import annotations

from dataclasses import replace

from moderation.terms import RelevanceKind
from moderation.training.fit_relevance import fresh_share
from tests.training.made_rows import ham


def labelled(count: int) -> float:
    """Give the share of so many labels beside a hundred corpus rows."""
    rows = [replace(row, kind=RelevanceKind.ON_TOPIC) for row in ham(100, seed=1)]
    rows += [replace(row, source="labels") for row in rows[:count]]
    return fresh_share(rows, {"labels"})


def test_a_few_labels_leave_relevance_as_it_is() -> None:
    """Nothing is fitted anew for the first verdicts of a site."""
    assert labelled(0) == labelled(19) == 0


def test_the_more_labels_the_more_they_say() -> None:
    """They never say all: the base has seen more of the world."""
    assert 0 < labelled(20) < labelled(100) < 0.5


def test_labels_that_say_nothing_of_relevance_do_not_count() -> None:
    """A comment rejected as spam tells nothing of what is on topic."""
    rows = [replace(row, source="labels") for row in ham(100, seed=1)]
    assert fresh_share(rows, {"labels"}) == 0
