"""Disguised words as a moderator sees them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderation.desk.disguise import Disguise, read_disguises


def test_a_disguised_word_is_shown_with_what_it_reads_as() -> None:
    """Look-alike letters are named as they stand and as the checks read them."""
    found = read_disguises("buy v\u0456agra now")
    assert Disguise("v\u0456agra", "viagra") in found


def test_plain_text_has_no_disguises() -> None:
    """Capitals, accents and other scripts are spelling, not disguise."""
    assert read_disguises("Ça va, Привет, سلام می\u200cروم") == ()


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """No text breaks the reading, and what is shown as written stands in the text."""
    for disguise in read_disguises(text):
        assert disguise.written in text
        assert disguise.read_as
