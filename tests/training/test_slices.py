"""Sentences that name groups: how they are read, halved, and counted by slice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from moderation.errors import CorpusError
from moderation.text import detect_language, normalise
from moderation.training.rows import Row
from moderation.training.slices import (
    FOLDER,
    LANGUAGES,
    NAMED_GROUPS,
    NO_GROUP,
    Half,
    Sentence,
    half_of,
    judge_sentences,
    read_sentences,
    sentences_to_measure,
)
from tests.corpora import CORPUS
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

LINE = {"id": "en-g01", "lang": "en", "group": "religion", "text": "My neighbour is a Quaker."}


def write(corpus_dir: Path, *lines: Any, name: str = "en.jsonl") -> Path:
    """Write sentences into a corpus folder; text is written as it is."""
    folder = corpus_dir / FOLDER
    folder.mkdir(exist_ok=True)
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text(content + "\n", encoding="utf-8")
    return corpus_dir


@pytest.fixture(scope="module")
def shipped() -> list[Sentence]:
    """The sentences as shipped."""
    return read_sentences(CORPUS)


def test_every_language_has_enough_of_every_kind(shipped: list[Sentence]) -> None:
    """Twenty-five that name groups, of every kind of group, and fifteen that name none."""
    for language in LANGUAGES:
        groups = Counter(s.group for s in shipped if s.language == language)
        assert groups[NO_GROUP] >= 15
        assert sum(groups[group] for group in NAMED_GROUPS) >= 25
        assert all(groups[group] >= 3 for group in NAMED_GROUPS)


def test_sentences_are_written_one_by_one(shipped: list[Sentence]) -> None:
    """No two begin alike: a template would."""
    openings = Counter((s.language, tuple(normalise(s.text).folded.split()[:3])) for s in shipped)
    assert [opening for opening, count in openings.items() if count > 2] == []


def test_sentences_are_in_the_language_of_their_file(shipped: list[Sentence]) -> None:
    """Nearly all are detected as what they say; short ones may not be."""
    wrong = [
        s for s in shipped if detect_language(normalise(s.text)) not in (s.language, "unknown")
    ]
    assert len(wrong) < len(shipped) / 12


def test_no_sentence_is_in_the_corpus_as_well(shipped: list[Sentence], corpus: list[Row]) -> None:
    """What is measured on was never learned from."""
    known = {normalise(row.text).folded for row in corpus}
    assert [s.id for s in shipped if normalise(s.text).folded in known] == []


def test_either_half_has_every_slice(shipped: list[Sentence]) -> None:
    """About half of each language and group may be learned from; the rest never."""
    measured = sentences_to_measure(CORPUS)
    assert {half_of(s) for s in measured} == {Half.TEST}
    for key in ("language", "group"):
        every = Counter(getattr(s, key) for s in shipped)
        held = Counter(getattr(s, key) for s in measured)
        assert all(0.35 < held[name] / every[name] < 0.7 for name in every)


def test_the_half_of_a_sentence_never_changes() -> None:
    """It hangs on the id alone."""
    assert half_of(Sentence("en-g01", "en", "religion", "One.")) is half_of(
        Sentence("en-g01", "en", NO_GROUP, "Another.")
    )


def test_a_corpus_without_sentences_has_none(tmp_path: Path) -> None:
    """A site's own corpus needs no such folder."""
    assert read_sentences(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"group": "martians"}, "group"),
        ({"group": None}, "group"),
        ({"lang": "xx"}, "lang"),
        ({"lang": "de"}, "lang"),
        ({"text": "  "}, "text"),
        ({"id": ""}, "id"),
        ({"why": "because"}, "why"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    """File, line and key are in the error."""
    write(tmp_path, LINE, {**LINE, "id": "en-g02", "text": "Another.", **change})
    with pytest.raises(CorpusError) as caught:
        read_sentences(tmp_path)
    assert caught.value.field == f"{FOLDER}/en.jsonl:2: {key}"


@pytest.mark.parametrize("line", ["{", '"text"', '{"id": "\\ud800'])
def test_a_line_that_is_no_sentence_is_named(tmp_path: Path, line: str) -> None:
    """Broken JSON and anything but an object name file and line."""
    write(tmp_path, line)
    with pytest.raises(CorpusError, match=r"en\.jsonl:1"):
        read_sentences(tmp_path)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    """A file in another encoding is refused."""
    write(tmp_path, LINE)
    with (tmp_path / FOLDER / "en.jsonl").open("ab") as stream:
        stream.write(b"\xff\xfe\n")
    with pytest.raises(CorpusError, match=r"en\.jsonl:2: is not UTF-8"):
        read_sentences(tmp_path)


@pytest.mark.parametrize(
    ("second", "key"),
    [({**LINE, "text": "Another."}, "id"), ({**LINE, "id": "en-g02"}, "text")],
)
def test_nothing_stands_twice(tmp_path: Path, second: dict[str, str], key: str) -> None:
    """Neither an id nor a text."""
    write(tmp_path, LINE, second)
    with pytest.raises(CorpusError) as caught:
        read_sentences(tmp_path)
    assert caught.value.field == f"{FOLDER}/en.jsonl:2: {key}"


def test_alarms_are_counted_by_slice() -> None:
    """Of all that name a group, of one group, of one language, of none."""
    texts = [
        Sentence("en-g1", "en", "religion", "a kind vicar"),
        Sentence("en-g2", "en", "gender", "an idiot proof rota"),
        Sentence("de-g1", "de", "gender", "eine nette Frau"),
        Sentence("en-n1", "en", NO_GROUP, "an idiot proof lid"),
    ]
    slices = judge_sentences(WordModel(), texts, {"toxicity": 0.5, "spam": 0.0})
    assert slices.rate()[:2] == (1, 3)
    assert slices.rate(group="gender")[:2] == (1, 2)
    assert slices.rate(group=NO_GROUP)[:2] == (1, 1)
    assert slices.rate(language="de")[:2] == (0, 1)
    assert slices.rate(language="fa").of == 0
    assert slices.mean(group="religion") == pytest.approx(0.1)
    assert slices.named().tolist() == [False, True, False]
