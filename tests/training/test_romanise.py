"""Tests of how Hindi is typed in Latin letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.training.romanise import latin_spellings


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("समझना", {"samajhna"}),
        ("नहीं", {"nahi", "nahin", "nhi"}),
        ("पहले", {"pehle", "pahle"}),
        ("अच्छा", {"achcha", "achchha"}),
        ("मानसून", {"mansoon", "mansun"}),
        ("फिर", {"phir", "fir"}),
        ("ज़रूरत", {"zarurat", "zaroorat"}),
        ("वोट", {"vot", "wot"}),
        ("ज्ञान", {"gyan"}),
        ("बंपर", {"bampar"}),
        ("दुःख", {"duhkh"}),
        ("आज", {"aaj"}),
        ("गया", {"gaya", "gya"}),
    ],
)
def test_words_are_typed_as_they_sound(word: str, typed: set[str]) -> None:
    """Silent vowels are left out, long ones are typed single or double."""
    assert typed <= set(latin_spellings(word))


@pytest.mark.parametrize("word", ["", "kal", "وقت", "नहींx", "\u093c", "\u0902"])
def test_what_is_not_in_devanagari_has_no_other_spelling(word: str) -> None:
    """Nor has a sign that stands alone."""
    assert latin_spellings(word) == []


def test_only_a_short_vowel_is_swallowed() -> None:
    """ "gya" is "gaya", and nobody types "plee" for "paalee"."""
    assert "plee" not in latin_spellings("पाली")


@given(st.text(alphabet=st.characters(min_codepoint=0x900, max_codepoint=0x97F), max_size=12))
def test_any_run_of_letters_gives_few_plain_spellings(word: str) -> None:
    """Whatever comes, each spelling is plain letters, and none stands twice."""
    typed = latin_spellings(word)
    assert len(typed) == len(set(typed)) <= 32
    assert all(spelling.isascii() and spelling.islower() for spelling in typed)
