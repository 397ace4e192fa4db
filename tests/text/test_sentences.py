"""Tests of cutting text into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given

from moderation.text import split_sentences
from tests.text.texts import any_text


@pytest.mark.parametrize(
    ("plain", "sentences"),
    [
        ("", []),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            'Dr. Smith left at 5 p.m. on Monday! "No." Then 3.5 people came... and left.',
            ["Dr. Smith left at 5 p.m. on Monday!", '"No."', "Then 3.5 people came... and left."],
        ),
        ("یک جمله. جملهٔ دوم؟ سوم!", ["یک جمله.", "جملهٔ دوم؟", "سوم!"]),
        ("यह पहला है। यह दूसरा है॥", ["यह पहला है।", "यह दूसरा है॥"]),
        ("你好。我很好！再见？", ["你好。", "我很好！", "再见？"]),
        ("One\nTwo\n\nThree", ["One", "Two", "Three"]),
    ],
)
def test_sentences_end_where_readers_end_them(plain: str, sentences: list[str]) -> None:
    """Marks of each script and line ends cut; abbreviations and decimals do not."""
    assert split_sentences(plain) == sentences


def test_no_more_sentences_than_asked_for() -> None:
    """The limit bounds the result, also at zero and for text without any mark."""
    assert len(split_sentences("a. " * 50 + "B. " * 500, limit=7)) <= 7
    assert split_sentences("One. Two.", limit=0) == []
    assert len(split_sentences("x" * 50_000, limit=10)) == 10


@given(any_text(200))
def test_any_text_is_cut_without_loss(plain: str) -> None:
    """No character but white space gets lost, whatever the text."""
    assert "".join("".join(split_sentences(plain, limit=10_000)).split()) == "".join(plain.split())
