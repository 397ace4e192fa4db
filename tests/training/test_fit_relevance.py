"""Tests of how much a site's own labels say in relevance, and of articles known by their titles."""

from __future__ import annotations

import random
from dataclasses import replace

from moderation.classifiers.relevance import KINDS, Remarks
from moderation.terms import Article, RelevanceKind
from moderation.training.fit_relevance import calibrate_relevance, fit_relevance, fresh_share
from moderation.training.harmless import COURTESIES, HARMLESS, STRAYS
from moderation.training.pairs import (
    Pair,
    make_shelf,
    pair_features,
    place_anywhere,
    under_title,
)
from moderation.training.rows import Row
from tests.training.made_rows import READER, ham, heads_of


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


_SAID = Remarks(0.0, 0.0, 0.0)
# What other heads say: nothing.


def remarks_under_texts(seed: int = 7) -> list[Row]:
    """Make comments that belong because they speak of what the text says, and no title does."""
    chance = random.Random(seed)

    def word() -> str:
        return "".join(chance.choices("abcdefghiklmnoprstuvwy", k=7))

    rows = []
    for number in range(30):
        topic = [word() for _ in range(6)]
        body = " ".join([*topic, *(word() for _ in range(20))])
        article = Article(id=f"a{number}", title=f"{word()} {word()}", body=body, language="en")
        kinds = [*[RelevanceKind.ON_TOPIC] * 4, RelevanceKind.GENERIC, RelevanceKind.OFF_TOPIC]
        for kind in kinds:
            on_topic = kind is RelevanceKind.ON_TOPIC
            told = chance.sample(topic, 4) if on_topic else [word() for _ in range(4)]
            rows.append(
                Row(" ".join(told), "corpus", f"a{number}", "en", kind=kind, article=article)
            )
    return rows


def test_a_title_that_shares_no_word_is_no_sign_of_straying() -> None:
    """Where a site sends titles alone, comments on the text that nobody sent are not held."""
    fit, calibrate = remarks_under_texts(7), remarks_under_texts(8)
    shelf, heads = make_shelf(fit, READER), heads_of(fit)
    head = fit_relevance(fit, READER, shelf, heads, [_SAID] * len(fit), seed=0)
    head = calibrate_relevance(head, calibrate, READER, shelf, heads)
    off_topic = KINDS.index(RelevanceKind.OFF_TOPIC)
    rows = [row for row in remarks_under_texts(9) if row.kind is RelevanceKind.ON_TOPIC]
    own = [Pair(row, number, made=False) for number, row in enumerate(rows)]
    said = {}
    for known, pairs in (("text", own), ("title", [under_title(pair) for pair in own])):
        features = pair_features(pairs, READER, shelf, heads.idf, [_SAID] * len(rows))
        for titled in (False, True):
            found = [float(head.kinds(row, titled=titled)[off_topic]) for row in features]
            said[known, titled] = sum(found) / len(found)
    assert said["text", False] < 0.1
    assert said["title", True] < 0.35 < said["title", False]


def test_under_a_title_there_is_neither_text_nor_parent() -> None:
    """A title and a comment, as many sites send them; of which article it is stays known."""
    row = replace(remarks_under_texts()[0], parent="What was answered")
    (pair,) = [under_title(Pair(row, 0, made=False))]
    assert row.article is not None
    assert pair.row.article == replace(row.article, body=None)
    assert pair.row.parent is None


def test_what_fits_anywhere_or_nowhere_is_put_under_an_article_of_its_language() -> None:
    """It is thin praise or off topic there; in a language without articles there is none."""
    courtesy = replace(HARMLESS[COURTESIES], source=COURTESIES, text="so true", language="en")
    stray = replace(HARMLESS[STRAYS], source=STRAYS, text="lost cat", language="en")
    ours = remarks_under_texts()
    rows = [*ours, courtesy, stray, replace(courtesy, text="proprio così", language="it")]
    placed = place_anywhere(rows)
    assert [(pair.row.text, pair.row.kind) for pair in placed] == [
        ("so true", RelevanceKind.GENERIC),
        ("lost cat", RelevanceKind.OFF_TOPIC),
    ]
    assert all(pair.row.article in [row.article for row in ours] for pair in placed)
    assert [rows[pair.index] for pair in placed] == [courtesy, stray]
