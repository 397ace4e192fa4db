"""The check of the corpus as a whole: what is an error, what a warning, and what is neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.training.corpus_check import check_corpus
from moderation.training.rows import Split
from tests.training.made_corpus import (
    ARTICLE,
    COMMENT,
    article_for,
    every_label,
    other,
    remarks,
    write,
)

QUAY = "When the boats fall out with each other, the buyers simply stop coming to the quay."
AGAIN = QUAY.replace("buyers", "traders")
COPY = {
    "spam": True,
    "substance": False,
    "family": "copied_comment",
    "text": f"{QUAY} Fish at boats.example",
}
FIT, TEST = article_for(Split.FIT), article_for(Split.TEST)


def test_a_sound_corpus_has_no_error(tmp_path: Path) -> None:
    """What is only small is warned of."""
    found = check_corpus(write(tmp_path, *every_label()))
    assert found.errors == ()
    assert any("en: no spam is link_seo" in line for line in found.warnings)
    assert found.counts["en", "toxic"] == 1
    assert (found.comments["en"].texts, found.comments["en"].rate) == (5, 0)


def test_an_empty_folder_is_nothing_to_complain_of(tmp_path: Path) -> None:
    """No corpus has no fault."""
    found = check_corpus(tmp_path)
    assert (found.errors, found.warnings, found.comments) == ((), (), {})


def test_all_broken_rows_are_named_and_nothing_else(tmp_path: Path) -> None:
    """With rows that cannot be read, balance and repeats would say what is not so."""
    lines = (other(spam="no"), b"{", other(relevance="sideways"))
    found = check_corpus(write(tmp_path, COMMENT, *lines))
    assert [line.partition(": ")[0] for line in found.errors] == [
        "comments.en.jsonl:2",
        "comments.en.jsonl:3",
        "comments.en.jsonl:4",
    ]
    assert found.warnings == ()


def test_a_language_without_a_label_is_an_error(tmp_path: Path) -> None:
    """The other language's rows do not help."""
    write(tmp_path, *every_label())
    # Of the same split as the English article, so that the texts they share are no leak.
    german = article_for(Split.TEST, "de")
    rows = every_label(german["id"], lang="de")
    write(tmp_path, *(row for row in rows if not row["toxic"]), articles=(german,), language="de")
    assert check_corpus(tmp_path).errors == ("de: no comment is toxic",)


def test_too_many_near_duplicates_are_an_error(tmp_path: Path) -> None:
    """One comment in a hundred may not repeat another; the pair is named, to be mended."""
    again = (other(id="en-a1-c8", text=QUAY), other(id="en-a1-c9", text=AGAIN))
    found = check_corpus(write(tmp_path, *every_label(), *again))
    assert found.errors == (
        "en: 1 of 7 comments are near-duplicates, 14.3%; the corpus promises less than 1%",
    )
    assert (
        "comments.en.jsonl:7: text: en-a1-c9 says nearly the same as en-a1-c8 (comments.en.jsonl:6)"
    ) in found.warnings


def test_a_few_near_duplicates_are_counted(tmp_path: Path) -> None:
    """Below the rate they are a warning."""
    again = (other(id="en-a1-c8", text=QUAY), other(id="en-a1-c9", text=AGAIN))
    found = check_corpus(write(tmp_path, *every_label(), *remarks(100), *again))
    assert found.errors == ()
    assert found.comments["en"].near == 1
    assert any("en-a1-c9" in line for line in found.warnings)


def test_of_many_copies_each_is_named_once(tmp_path: Path) -> None:
    """A template used five times makes four lines, not ten."""
    names = ("Ann", "Ben", "Cid", "Dot", "Eve")
    rows = [other(id=f"t{name}", text=f"{QUAY} {name}") for name in names]
    found = check_corpus(write(tmp_path, *every_label(), *rows))
    assert found.comments["en"].near == 4
    assert [line.partition(" says")[0] for line in found.warnings if "says nearly" in line] == [
        f"comments.en.jsonl:{line}: text: t{name}" for line, name in enumerate(names[1:], start=7)
    ]


def test_a_copied_comment_is_meant_to_copy(tmp_path: Path) -> None:
    """It is counted apart, whichever stands first, and worth no warning."""
    rows = (other(id="en-a1-c8", **COPY), other(id="en-a1-c9", text=QUAY))
    found = check_corpus(write(tmp_path, *every_label(), *rows))
    assert found.errors == ()
    assert (found.comments["en"].near, found.comments["en"].copied) == (0, 1)
    assert not any("en-a1-c9" in line for line in found.warnings)


def test_two_copies_that_are_alike_are_a_repetition(tmp_path: Path) -> None:
    """A copied comment copies a comment, not another copy."""
    twice = (
        other(id="en-a1-c8", **COPY),
        other(id="en-a1-c9", **{**COPY, "text": f"{QUAY} Fish at fishes.example"}),
    )
    found = check_corpus(write(tmp_path, *every_label(), *twice))
    assert (found.comments["en"].near, found.comments["en"].copied) == (1, 0)


@pytest.mark.parametrize(("late", "how"), [(QUAY, "the same"), (AGAIN, "nearly the same")])
def test_a_text_in_two_splits_is_an_error(tmp_path: Path, late: str, how: str) -> None:
    """A model would be measured on what it was fitted on; both rows are named."""
    rows = (
        other(id="x-c1", article=FIT["id"], text=QUAY),
        other(id="y-c1", article=TEST["id"], text=late),
    )
    articles = (ARTICLE, FIT, TEST)
    found = check_corpus(write(tmp_path, *every_label(), *remarks(200), *rows, articles=articles))
    assert found.errors == (
        f"comments.en.jsonl:207: text: y-c1 says {how} as x-c1 (comments.en.jsonl:206), "
        "but one is for test, the other for fit",
    )
    assert not any("y-c1" in line for line in found.warnings)


def test_a_text_in_two_splits_is_found_across_languages(tmp_path: Path) -> None:
    """A sound or a name is written alike in many languages, and is learned in one for all."""
    german = article_for(Split.FIT, "de")
    write(tmp_path, *every_label(), other(id="en-c1", text="hmmm"))
    sound = other(id="de-c1", article=german["id"], lang="de", text="Hmm")
    write(tmp_path, sound, articles=(german,), language="de")
    (leak,) = [line for line in check_corpus(tmp_path).errors if "says the same" in line]
    assert "en-c1 says the same as de-c1 (comments.de.jsonl:1)" in leak


def test_a_copied_comment_leaks_nothing(tmp_path: Path) -> None:
    """Copying is what that family is about; its label is another one."""
    rows = (
        other(id="x-c1", article=FIT["id"], text=QUAY),
        other(id="y-c1", article=TEST["id"], **COPY),
    )
    articles = (ARTICLE, FIT, TEST)
    assert check_corpus(write(tmp_path, *every_label(), *rows, articles=articles)).errors == ()


def test_the_same_words_in_one_split_leak_nothing(tmp_path: Path) -> None:
    """Under two articles of one split they are a repetition only."""
    rows = (
        other(id="x-c1", article=ARTICLE["id"], text="+1"),
        other(id="y-c1", article=TEST["id"], text="+1"),
    )
    articles = (ARTICLE, TEST)
    found = check_corpus(write(tmp_path, *every_label(), *remarks(100), *rows, articles=articles))
    assert found.errors == ()
    assert found.comments["en"].near == 1


def test_articles_are_compared_as_well(tmp_path: Path) -> None:
    """An article told twice is a near-duplicate, and a leak when its comments are in two splits."""
    body = "Cracks in two bridges delay the tram, and nobody on the council will say until when."
    articles = ({**FIT, "title": "Late", "body": body}, {**TEST, "title": "Late", "body": body})
    found = check_corpus(write(tmp_path, *every_label(FIT["id"]), articles=articles))
    rate, leak = found.errors
    assert rate.startswith("en: 1 of 2 articles are near-duplicates")
    assert leak.startswith(f"articles.en.jsonl:2: body: {TEST['id']} says the same as {FIT['id']}")
    assert found.articles["en"].near == 1


def test_an_article_without_comments_is_named(tmp_path: Path) -> None:
    """It teaches nothing."""
    found = check_corpus(write(tmp_path, *every_label(), articles=(ARTICLE, FIT)))
    assert f"articles.en.jsonl:2: id: no comment stands under {FIT['id']}" in found.warnings
