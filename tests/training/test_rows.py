"""Rows: which split they belong to for ever, and which copies are kept."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.terms import Article, RelevanceKind
from moderation.training.rows import Row, Split, deduplicate, draw, split_of

TRAM = Article(id="tram", title="Tram delayed", body="Cracks in two bridges.")
SOUP = Article(id="soup", title="Lentil soup", body="A kitchen that feeds a street.")


def row(text: str, source: str = "corpus", group: str = "g", **known: object) -> Row:
    """Make a row."""
    return Row(text=text, source=source, group=group, **known)  # type: ignore[arg-type]


@given(st.text(), st.text(), st.lists(st.text(), min_size=2, max_size=5))
def test_a_group_is_never_torn_apart(source: str, group: str, texts: list[str]) -> None:
    """All rows of one article or thread are in one split, whatever their texts and labels."""
    rows = [row(text, source, group, spam=bool(number % 2)) for number, text in enumerate(texts)]
    assert len({split_of(each) for each in rows}) == 1


@pytest.mark.parametrize(
    ("source", "group", "split"),
    [
        ("corpus", "en-a001", Split.TEST),
        ("corpus", "en-a003", Split.FIT),
        ("corpus", "fa-a006", Split.FIT),
        ("labels", "default/a1", Split.FIT),
        ("corpus", "\ud800", Split.CALIBRATE),
        # Nobody vouches for reports, so nothing is measured on them.
        ("reports", "en-a001", Split.FIT),
        ("reports", "default/x", Split.FIT),
    ],
)
def test_splits_do_not_change_from_one_version_to_the_next(
    source: str, group: str, split: Split
) -> None:
    """A model made last year is still measured on rows that it never saw."""
    assert split_of(row("x", source, group)) is split


def test_most_groups_are_for_fitting() -> None:
    """70 % fit, 10 % calibrate, 20 % test, within chance."""
    counts = Counter(split_of(row("x", "s", str(number))) for number in range(4000))
    assert counts[Split.FIT] / 4000 == pytest.approx(0.7, abs=0.03)
    assert counts[Split.CALIBRATE] / 4000 == pytest.approx(0.1, abs=0.02)
    assert counts[Split.TEST] / 4000 == pytest.approx(0.2, abs=0.03)


def test_a_groups_name_in_one_source_says_nothing_of_another() -> None:
    """Groups that happen to be called alike are drawn for themselves."""
    names = [str(number) for number in range(200)]
    assert [split_of(row("x", "a", n)) for n in names] != [
        split_of(row("x", "b", n)) for n in names
    ]


def test_the_first_source_wins() -> None:
    """A moderator's label on a text outranks what a public set says of the same text."""
    label = row("Buy now", "labels", spam=False)
    public = row("buy  NOW!", "sms", spam=True)
    assert deduplicate([label, public]) == [label]


def test_copies_are_seen_through_their_disguise() -> None:
    """Texts that a person reads alike are one text."""
    first = row("Free casino bonus", spam=True)
    assert deduplicate([first, row("Fr\u0435\u0435  c4sino\u200b BONUS!!", spam=True)]) == [first]


@pytest.mark.parametrize("head", ["spam", "toxicity"])
def test_copies_that_contradict_each_other_are_all_dropped(head: str) -> None:
    """Opposite labels on one text, from one source, teach nothing, however many there are."""
    yes, no = row("Call me", **{head: True}), row("call me", **{head: False})
    other = row("Something else", **{head: True})
    assert deduplicate([yes, no, other, yes]) == [other]


def test_a_copy_without_a_label_contradicts_nothing() -> None:
    """ "Not labelled" is not "no"."""
    assert len(deduplicate([row("Call me", spam=True), row("Call me", spam=None)])) == 1


def test_copies_approved_here_and_rejected_there_keep_what_else_they_teach() -> None:
    """Which of the two moderators would do next time is unknown; that it is spam is not."""
    rejected = row("Call me", "labels", spam=True, rejected=True)
    approved = row("call me", "labels", rejected=False)
    assert deduplicate([rejected, approved]) == [row("Call me", "labels", spam=True)]
    assert deduplicate([rejected, rejected]) == [rejected]


def test_the_same_words_under_two_articles_are_two_rows() -> None:
    """What is on topic here may be off topic there, so both are kept."""
    rows = [
        row("I want soup", article=TRAM, kind=RelevanceKind.OFF_TOPIC),
        row("I want soup", article=SOUP, kind=RelevanceKind.ON_TOPIC),
    ]
    assert deduplicate(rows) == rows
    assert len(deduplicate([rows[0], rows[0]])) == 1


def test_rows_are_drawn_from_every_source_alike() -> None:
    """A large set does not crowd out a small one, and the order of the rows makes no difference."""
    many = [Row(f"one {n}", "sms", str(n)) for n in range(500)]
    few = [Row(f"two {n}", "corpus", str(n)) for n in range(20)]
    drawn = draw([*many, *few], 60)
    assert Counter(row.source for row in drawn) == {"sms": 40, "corpus": 20}
    assert draw([*few, *reversed(many)], 60) == drawn
    assert draw(few, 60) == draw(few, 20)
    assert draw([], 5) == []
