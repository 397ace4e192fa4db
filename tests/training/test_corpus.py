"""The corpus: what is refused, and what the shipped one holds."""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from moderation.errors import CorpusError
from moderation.terms import RelevanceKind
from moderation.text import fingerprint, normalise, sketch
from moderation.training.corpus import corpus_counts, read_corpus
from moderation.training.rows import Row, split_of
from tests.corpora import ARTICLE, COMMENT, write_corpus


def other(**changes: object) -> dict[str, Any]:
    """Give a second comment, good but for the changes."""
    return {**COMMENT, "id": "en-a1-c2", "text": "The noise starts at six.", **changes}


def test_a_good_corpus_becomes_rows(tmp_path: Path) -> None:
    """Every label of the file is in the row, with its article and what it answers."""
    toxic = other(toxic=True, substance=False, family="insult", parent="Who says so?")
    spam = other(id="en-a1-c3", text="Buy", spam=True, relevance=None, substance=False)
    first, second, third = read_corpus(write_corpus(tmp_path, COMMENT, b"", toxic, spam))
    assert first.source == "corpus"
    assert first.group == "en-a1"
    assert (first.spam, first.toxicity, first.substance) == (False, False, True)
    assert first.kind is RelevanceKind.ON_TOPIC
    assert first.article is not None
    assert first.article.title == "Tram late again"
    assert (second.toxicity, second.parent) == (True, "Who says so?")
    assert (third.spam, third.kind) == (True, None)


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
        (other(article="en-a9"), "article"),
        (other(colour="red"), "colour"),
        (other(spam="no"), "spam"),
        (other(spam=0), "spam"),
        (other(text=7), "text"),
        (other(text=" \n"), "text"),
        (other(text="my street was CLOSED for a year!"), "text"),
        (other(id="en-a1-c1"), "id"),
        (other(spam=True), "substance"),
        (other(relevance="generic"), "substance"),
        (other(relevance="generic", toxic=True, substance=False), "relevance"),
        ({key: value for key, value in other().items() if key != "why"}, "why"),
    ],
)
def test_a_bad_comment_is_named(tmp_path: Path, line: dict[str, Any], key: str) -> None:
    """The error says which file, which line and which key; nothing is skipped."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(write_corpus(tmp_path, COMMENT, line))
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
        read_corpus(write_corpus(tmp_path, COMMENT, line))
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
        read_corpus(write_corpus(tmp_path, COMMENT, articles=articles))
    assert caught.value.field == field


def test_the_same_words_may_stand_under_two_articles(tmp_path: Path) -> None:
    """Only within one article is a repeated text a mistake."""
    second = {**ARTICLE, "id": "en-a2"}
    rows = read_corpus(
        write_corpus(
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


def test_the_shipped_corpus_is_valid_and_large_enough(corpus: list[Row]) -> None:
    """At least 40 articles and 600 comments, in English, Arabic and Persian, of every label."""
    counts = corpus_counts(corpus)
    languages = {language for language, _ in counts}
    assert languages >= {"en", "ar", "fa"}
    assert sum(counts[language, "articles"] for language in languages) >= 40
    assert sum(counts[language, "comments"] for language in languages) >= 600
    for language in ("en", "ar", "fa", "hi"):
        for label in ("spam", "toxic", "on_topic", "generic", "off_topic"):
            assert counts[language, label] >= 15, (language, label)


def test_every_split_of_the_shipped_corpus_can_do_its_work(corpus: list[Row]) -> None:
    """Each split has all three kinds, and spam and abuse, to fit, calibrate and measure on."""
    for split in {split_of(row) for row in corpus}:
        part = [row for row in corpus if split_of(row) is split]
        assert {row.kind for row in part} >= set(RelevanceKind)
        assert sum(bool(row.spam) for row in part) >= 15
        assert sum(bool(row.toxicity) for row in part) >= 15


def test_no_text_of_the_shipped_corpus_is_in_two_splits(corpus: list[Row]) -> None:
    """Nothing that a model was fitted on is measured, not even under another article."""
    splits = defaultdict(set)
    for row in corpus:
        splits[fingerprint(normalise(row.text))].add(split_of(row))
    assert [found for found in splits.values() if len(found) > 1] == []


def test_the_shipped_corpus_hardly_repeats_itself(corpus: list[Row]) -> None:
    """Fewer than one comment in a hundred is a variation of another."""
    texts = [normalise(row.text) for row in corpus]
    shelves = defaultdict(list)
    for number, text in enumerate(texts):
        for place, value in enumerate(sketch(text)):
            if value:
                shelves[place, value].append(number)
    candidates = {pair for shelf in shelves.values() for pair in combinations(shelf, 2)}
    near = {
        late
        for early, late in candidates
        if SequenceMatcher(None, texts[early].folded, texts[late].folded).ratio() > 0.8
    }
    assert len(near) / len(corpus) < 0.01
