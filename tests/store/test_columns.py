"""
Tests of the column types; no database is opened.

Mirrors `moderation/store/columns.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from moderation.store.columns import Document, Moment, microseconds, storable
from moderation.terms import Signal, Span

DIALECT = sqlite.dialect()
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_storable_text_keeps_its_length_and_can_be_encoded(text: str) -> None:
    """Any text becomes encodable without NUL, and no offset into it moves."""
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\x00" not in kept
    kept.encode()
    for before, after in zip(text, kept, strict=True):
        assert before == after or (before, after) == ("\x00", "\u2400") or after == "\ufffd"


def test_ordinary_text_is_not_touched() -> None:
    """Emoji, Persian spelling and accents stay as they are."""
    text = "می‌خواهم 👩‍👩‍👧 déjà vu"
    assert storable(text) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_come_back_exactly(moment: datetime) -> None:
    """A moment is the same to the microsecond after writing and reading."""
    column = Moment()
    written = column.process_bind_param(moment, DIALECT)
    assert column.process_result_value(written, DIALECT) == moment


def test_moments_of_other_zones_are_the_same_moment() -> None:
    """A moment given in another zone is read back in UTC."""
    there = datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=3)))
    assert microseconds(there) == microseconds(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_moment_without_zone_is_refused() -> None:
    """Nobody knows which moment a naive datetime means."""
    with pytest.raises(ValueError, match="aware"):
        microseconds(datetime(2026, 1, 1))  # noqa: DTZ001


@given(ANY_TEXT)
def test_documents_take_any_text(text: str) -> None:
    """NUL and lone surrogates inside a document are replaced, and everything else stays."""
    written = Document().process_bind_param([Signal("A", 0.5, text, (Span(0, 1),))], DIALECT)
    assert written is not None
    (read,) = json.loads(written)
    assert read == {
        "name": "A",
        "strength": 0.5,
        "message": storable(text),
        "spans": [{"start": 0, "end": 1}],
    }


def test_a_document_of_something_else_is_refused() -> None:
    """An object that has no JSON form is a mistake of the caller."""
    with pytest.raises(TypeError):
        Document().process_bind_param([object()], DIALECT)
