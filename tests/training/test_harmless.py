"""Tests of what people write under any article, and of what they write all day."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.errors import CorpusError
from moderation.terms import RelevanceKind
from moderation.training.corpus import read_corpus
from moderation.training.harmless import COURTESIES, ORDINARY, STRAYS, read_harmless
from moderation.training.slices import KNOWN_LANGUAGES, LANGUAGES
from tests.corpora import CORPUS
from tests.training.made_corpus import COMMENT, write


def _folder(tmp_path: Path, text: str, name: str = "en.txt") -> Path:
    (tmp_path / COURTESIES).mkdir()
    (tmp_path / COURTESIES / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_shipped_ones_are_sound_and_say_nothing_that_is_measured_on() -> None:
    """Every language has some of both, and no comment of the corpus stands there again."""
    rows = read_harmless(CORPUS, read_corpus(CORPUS))
    for source in (COURTESIES, ORDINARY):
        assert {row.language for row in rows if row.source == source} == set(KNOWN_LANGUAGES)
    # What strays is learned against comments that do not, which other languages have none of.
    assert {row.language for row in rows if row.source == STRAYS} == set(LANGUAGES)
    assert not any(row.spam or row.toxicity or row.substance or row.article for row in rows)


def test_only_a_courtesy_says_nothing_of_an_article(tmp_path: Path) -> None:
    """Under what an ordinary sentence belongs, nobody said."""
    (tmp_path / ORDINARY).mkdir()
    (tmp_path / ORDINARY / "it.txt").write_text("Il ponte riapre a maggio.\n", encoding="utf-8")
    courtesy, sentence = read_harmless(_folder(tmp_path, "Thanks!\n"))
    assert (courtesy.kind, courtesy.substance) == (RelevanceKind.GENERIC, False)
    assert (sentence.kind, sentence.substance, sentence.language) == (None, None, "it")


def test_a_stray_is_off_topic_wherever_it_stands(tmp_path: Path) -> None:
    """It is no spam and no abuse, and whether it says something is for others to judge."""
    (tmp_path / STRAYS).mkdir()
    (tmp_path / STRAYS / "en.txt").write_text("anyone know a plumber\n", encoding="utf-8")
    (stray,) = read_harmless(tmp_path)
    assert (stray.kind, stray.substance) == (RelevanceKind.OFF_TOPIC, None)
    assert (stray.spam, stray.toxicity, stray.article) == (False, False, None)


def test_a_sentence_may_not_be_a_courtesy_too(tmp_path: Path) -> None:
    """What stands in both folders would be two things at once."""
    (tmp_path / ORDINARY).mkdir()
    (tmp_path / ORDINARY / "en.txt").write_text("Fine.\nTHANKS\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"courtesies/en\.txt:1") as caught:
        read_harmless(_folder(tmp_path, "Thanks!\n"))
    assert caught.value.field == "ordinary/en.txt:2"


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    """They are no duty."""
    assert read_harmless(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "name", "field", "why"),
    [
        ("Thanks!\n\nBravo\n", "en.txt", "courtesies/en.txt:2", "blank"),
        ("Thanks!\nBravo\nTHANKS\n", "en.txt", "courtesies/en.txt:3", "courtesies/en.txt:1"),
        ("Thanks!\nMy street was closed for a year!\n", "en.txt", "courtesies/en.txt:2", "corpus"),
        ("Thanks!\n", "xx.txt", "courtesies/xx.txt", "'xx'"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, name: str, field: str, why: str) -> None:
    """The error says in which line of which file."""
    corpus = read_corpus(write(tmp_path, COMMENT))
    with pytest.raises(CorpusError, match=why) as caught:
        read_harmless(_folder(tmp_path, text, name), corpus)
    assert caught.value.field == field


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """The file is named."""
    (_folder(tmp_path, "") / COURTESIES / "en.txt").write_bytes(b"Thanks\xff\n")
    with pytest.raises(CorpusError, match="UTF-8") as caught:
        read_harmless(tmp_path)
    assert caught.value.field == "courtesies/en.txt"
