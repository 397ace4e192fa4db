"""The corpus: what is refused, and what the shipped one holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moderation.errors import CorpusError
from moderation.terms import RelevanceKind
from moderation.training.corpus import read_corpus, read_entries
from moderation.training.corpus_balance import balance_warnings, corpus_counts
from moderation.training.corpus_check import check_corpus
from moderation.training.rows import Row, split_of
from tests.corpora import CORPUS
from tests.training.made_corpus import ARTICLE, COMMENT, other, write


def test_a_good_corpus_becomes_rows(tmp_path: Path) -> None:
    """Every label of the file is in the row, with its article and what it answers."""
    toxic = other(toxic=True, substance=False, family="insult", parent="Who says so?")
    spam = other(id="en-a1-c3", text="Buy", spam=True, relevance=None, substance=False)
    first, second, third = read_corpus(write(tmp_path, COMMENT, b"", toxic, spam))
    assert first.source == "corpus"
    assert first.group == "en-a1"
    assert (first.spam, first.toxicity, first.substance) == (False, False, True)
    assert first.kind is RelevanceKind.ON_TOPIC
    assert first.article is not None
    assert first.article.title == "Tram late again"
    assert (second.toxicity, second.parent) == (True, "Who says so?")
    assert (third.spam, third.kind) == (True, None)


@pytest.mark.parametrize(
    ("labels", "family", "kinds"),
    [
        ({"family": "story"}, "story", set()),
        ({}, None, set()),
        ({"toxic": True, "substance": False}, None, None),
        ({"toxic": True, "substance": False, "family": "threat"}, "threat", {"threat"}),
        (
            {"toxic": True, "substance": False, "family": "threat", "kinds": ["threat", "insult"]},
            "threat",
            {"threat", "insult"},
        ),
        (
            {"toxic": True, "spam": True, "substance": False, "family": "crypto"},
            "crypto",
            None,
        ),
        ({"spam": True, "substance": False, "family": "crypto"}, "crypto", set()),
    ],
)
def test_a_row_knows_its_family_and_kinds(
    tmp_path: Path, labels: dict[str, Any], family: str | None, kinds: set[str] | None
) -> None:
    """What is not toxic is of no kind; else the kinds are named, the family's, or unknown."""
    (row,) = read_corpus(write(tmp_path, {**COMMENT, **labels}))
    assert (row.family, row.kinds) == (family, kinds)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (other(relevance="sideways"), "relevance"),
        (other(relevance=None), "relevance"),
        (other(family="astrology"), "family"),
        (other(family="insult"), "family"),
        (other(spam=True, substance=False, family="insult"), "family"),
        (other(toxic=True, family="crypto"), "family"),
        (other(toxic=True, substance=False, kinds=["astrology"]), "kinds"),
        (other(kinds=["insult"]), "kinds"),
        (other(toxic=True, substance=False, kinds=["insult", "insult"]), "kinds"),
        (other(toxic=True, substance=False, family="threat", kinds=["insult"]), "kinds"),
        (other(article="en-a9"), "article"),
        (other(colour="red"), "colour"),
        (other(spam="no"), "spam"),
        (other(spam=0), "spam"),
        (other(text=7), "text"),
        (other(text=" \n"), "text"),
        (other(text="my street was CLOSED for a year!"), "text"),
        (other(id="en-a1-c1"), "id"),
        (other(lang="fr"), "lang"),
        (other(spam=True), "substance"),
        (other(relevance="generic"), "substance"),
        (other(relevance="generic", toxic=True, substance=False), "relevance"),
        ({key: value for key, value in other().items() if key != "why"}, "why"),
    ],
)
def test_a_bad_comment_is_named(tmp_path: Path, line: dict[str, Any], key: str) -> None:
    """The error says which file, which line and which key; nothing is skipped."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(write(tmp_path, COMMENT, line))
    assert caught.value.field == f"comments.en.jsonl:2: {key}"
    assert caught.value.message


@pytest.mark.parametrize(
    "line",
    [
        b"not JSON",
        b'{"id": "en-a1-c2",',
        b"[" * 100_000,
        b'["a", "list"]',
        b"null",
        b'{"text": "\xff\xfe"}',
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: bytes) -> None:
    """Broken JSON, absurd depth, no object, not UTF-8: the error names the line."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(write(tmp_path, COMMENT, line))
    assert caught.value.field == "comments.en.jsonl:2"


@pytest.mark.parametrize(
    ("articles", "field"),
    [
        ((ARTICLE, ARTICLE), "articles.en.jsonl:2: id"),
        (({**ARTICLE, "body": 1},), "articles.en.jsonl:1: body"),
        (({**ARTICLE, "body": " "},), "articles.en.jsonl:1: body"),
        (({**ARTICLE, "title": ""},), "articles.en.jsonl:1: title"),
        (({**ARTICLE, "author": "x"},), "articles.en.jsonl:1: author"),
    ],
)
def test_a_bad_article_is_named(tmp_path: Path, articles: tuple[object, ...], field: str) -> None:
    """Articles are held to the same: nothing twice, nothing empty, nothing unknown."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(write(tmp_path, COMMENT, articles=articles))
    assert caught.value.field == field


def test_the_same_words_may_stand_under_two_articles(tmp_path: Path) -> None:
    """Only within one article is a repeated text a mistake."""
    second = {**ARTICLE, "id": "en-a2"}
    rows = read_corpus(
        write(
            tmp_path,
            COMMENT,
            other(article="en-a2", text=COMMENT["text"]),
            articles=(ARTICLE, second),
        )
    )
    assert len(rows) == 2


def test_a_folder_without_corpus_has_no_rows(tmp_path: Path) -> None:
    """An empty folder is empty, not wrong."""
    assert read_corpus(tmp_path) == []


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """The error names the path."""
    (tmp_path / "comments.en.jsonl").mkdir()
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path)
    assert "comments.en.jsonl" in str(caught.value)


def test_reading_on_after_a_fault_finds_the_next(tmp_path: Path) -> None:
    """One who writes rows sees all that is wrong at once, and where each sound row stands."""
    faults: list[CorpusError] = []
    lines = (b"not JSON", other(family="astrology"), COMMENT)
    entries = read_entries(write(tmp_path, *lines), faults.append)
    assert [fault.field for fault in faults] == [
        "comments.en.jsonl:1",
        "comments.en.jsonl:2: family",
    ]
    assert [(entry.where, entry.id) for entry in entries.comments.values()] == [
        ("comments.en.jsonl:3", "en-a1-c1")
    ]


def test_comments_are_not_blamed_for_their_article(tmp_path: Path) -> None:
    """Where an article is wrong, only that is said, not that it is missing as well."""
    faults: list[CorpusError] = []
    read_entries(write(tmp_path, COMMENT, articles=({**ARTICLE, "title": ""},)), faults.append)
    assert [fault.field for fault in faults] == ["articles.en.jsonl:1: title"]


def test_the_shipped_corpus_is_large_enough(corpus: list[Row]) -> None:
    """240 articles and 6,000 comments, in twelve languages, half of them in the first three."""
    counts = corpus_counts(corpus)
    languages = {language for language, _ in counts}
    assert languages == set("en ar fa es fr de ru tr pt hi id zh".split())
    assert sum(counts[language, "articles"] for language in languages) >= 240
    assert len(corpus) >= 6000
    assert sum(counts[language, "comments"] for language in ("en", "ar", "fa")) >= len(corpus) / 2


def test_the_shipped_corpus_has_no_fault() -> None:
    """What `make corpus` refuses is not shipped: no row, no gap, no repetition, no leak."""
    assert check_corpus(CORPUS).errors == ()


def test_the_shipped_corpus_has_every_family_and_kind(corpus: list[Row]) -> None:
    """No family of spam and no kind of toxicity is missing in any language."""
    assert [line for line in balance_warnings(corpus_counts(corpus)) if ": no " in line] == []


def test_every_split_of_the_shipped_corpus_can_do_its_work(corpus: list[Row]) -> None:
    """Each split has all three kinds, and spam and abuse, to fit, calibrate and measure on."""
    for split in {split_of(row) for row in corpus}:
        part = [row for row in corpus if split_of(row) is split]
        assert {row.kind for row in part} >= set(RelevanceKind)
        assert sum(bool(row.spam) for row in part) >= 15
        assert sum(bool(row.toxicity) for row in part) >= 15
