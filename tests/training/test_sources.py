"""Public sets: how `sources.toml` is read, and what a prepared set's rows say."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from moderation.errors import SourceError
from moderation.terms import RelevanceKind
from moderation.training.rows import Row, split_of
from moderation.training.sources import Source, present_sources, read_source, read_sources

ENTRY = """
[sources.chat]
address = "https://files.invalid/c0ffee"
licence = "MIT"
sha256 = "00"
reader = "telegram"
files = ["a.csv"]
"""


def rows_of(folder: Path, entries: list[dict[str, str]], **about: Any) -> list[Row]:
    """Read a prepared set of these entries, described by `about`."""
    values: dict[str, Any] = {
        "name": "chat",
        "address": "",
        "licence": "MIT",
        "sha256": "",
        "reader": "telegram",
        "files": (),
        "head": "spam",
    }
    path = folder / "chat" / "data.csv"
    path.parent.mkdir(exist_ok=True)
    blank: Mapping[str, str] = {"id": "1", "label": "x", "y": "0", "lang": "en"}
    columns = ["id", "text", "label", "y", "lang", "title", "context"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows({**blank, **entry} for entry in entries)
    return read_source(Source(**{**values, **about}), folder)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("[sources.chat", ""),
        (ENTRY + 'head = "charm"\n', "sources.chat.head"),
        (ENTRY + 'head = "spam"\ncolour = "red"\n', "sources.chat"),
        (ENTRY, "sources.chat"),
    ],
)
def test_a_wrong_list_is_refused(tmp_path: Path, content: str, field: str) -> None:
    """Not TOML, an unknown head, an unknown key, a missing one: the error names file and entry."""
    path = tmp_path / "sources.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_sources(path)
    assert caught.value.field is not None
    assert "sources.toml" in caught.value.field
    assert field in caught.value.field


def test_the_shipped_list_says_where_everything_is_from(sources: list[Source]) -> None:
    """Every set has an address, a licence and a digest."""
    assert len(sources) >= 5
    for source in sources:
        assert source.address.startswith("https://")
        assert source.licence
        assert len(source.sha256) == 64


def test_without_a_data_folder_there_are_no_sets(sources: list[Source], tmp_path: Path) -> None:
    """That is a way to train, not an error; a folder that is none is one."""
    assert present_sources(sources, None) == []
    assert present_sources(sources, tmp_path) == []
    with pytest.raises(SourceError):
        present_sources(sources, tmp_path / "none")


@pytest.mark.parametrize("head", ["spam", "toxicity"])
def test_a_set_labels_its_own_head_only(tmp_path: Path, head: str) -> None:
    """What it does not speak about stays unlabelled; rows without a clear label are left out."""
    entries = [{"text": "a", "y": "1"}, {"text": "b", "y": "0"}, {"text": "c", "y": ""}]
    rows = rows_of(tmp_path, entries, head=head)
    assert [getattr(row, head) for row in rows] == [True, False]
    other = "toxicity" if head == "spam" else "spam"
    assert [getattr(row, other) for row in rows] == [None, None]
    assert [row.substance for row in rows] == [None, None]


def test_blank_texts_and_unclear_labels_are_left_out(tmp_path: Path) -> None:
    """Where `labels` lists the clear ones, rows with others are not used."""
    entries = [{"text": " "}, {"text": "a", "label": "sure"}, {"text": "b", "label": "maybe"}]
    rows = rows_of(tmp_path, entries, labels=frozenset({"sure"}))
    assert [row.text for row in rows] == ["a"]


def test_what_a_set_is_by_nature_is_marked_as_assumed(tmp_path: Path) -> None:
    """It helps to fit and is never measured on."""
    (row,) = rows_of(tmp_path, [{"text": "a", "y": "1"}], head="toxicity", assume={"spam": False})
    assert (row.spam, row.toxicity) == (False, True)
    assert row.assumed == {"spam"}


def test_a_poor_answer_may_still_be_on_topic(tmp_path: Path) -> None:
    """Only good answers say something of relevance, and only beside their post."""
    entries = [
        {"text": "good", "y": "0", "title": "Soup?", "context": "How long?"},
        {"text": "poor", "y": "1", "title": "Soup?", "context": "How long?"},
        {"text": "else", "y": "0", "title": "Bread?", "context": "How hot?"},
    ]
    rows = rows_of(tmp_path, entries, head="relevance", thread=True)
    assert [row.kind for row in rows] == [RelevanceKind.ON_TOPIC, None, RelevanceKind.ON_TOPIC]
    assert rows[0].article is not None
    assert (rows[0].article.title, rows[0].article.body) == ("Soup?", "How long?")
    assert rows[0].group == rows[1].group != rows[2].group


def test_the_same_text_in_a_set_is_one_group(tmp_path: Path) -> None:
    """Copies that differ in case cannot be fitted on and measured on."""
    first, second = rows_of(tmp_path, [{"text": "Buy NOW "}, {"text": "buy now"}])
    assert split_of(first) is split_of(second)


def test_a_large_set_is_drawn_the_same_way_every_time(tmp_path: Path) -> None:
    """At most so many rows, the same ones with the same seed."""
    entries = [{"text": f"row {number}"} for number in range(100)]
    first = rows_of(tmp_path, entries, rows=10)
    assert len(first) == 10
    assert first == rows_of(tmp_path, entries, rows=10)
    assert len({row.text for row in first}) == 10
