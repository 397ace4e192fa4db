"""A stranger's text on the page: escaped, marked, and with nothing hidden in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.terms import Reason, Span
from moderation.web.review.marks import is_hidden, marked, pieces, visible

spans = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.builds(lambda a, n: Span(a, a + n), st.integers(0, 40), st.integers(1, 20)),
    )
)


@given(st.text(max_size=40), spans)
def test_pieces_join_to_the_text(text: str, found: list[tuple[int, Span]]) -> None:
    """Cutting loses and adds nothing, whatever the spans, even outside the text."""
    assert "".join(piece.text for piece in pieces(text, found)) == text


@given(st.text(), spans)
def test_nothing_of_the_text_becomes_markup(text: str, found: list[tuple[int, Span]]) -> None:
    """The only tags on the page are ours, and every character can be sent."""
    reasons = [Reason("X", "", 1.0, spans=(span,)) for _, span in found]
    shown = str(marked(text, reasons))
    shown.encode("utf-8")
    for ours in ("<mark ", "</mark>", "<bdi ", "</bdi>"):
        shown = shown.replace(ours, "")
    assert "<" not in shown


def test_overlapping_spans_carry_all_their_numbers() -> None:
    """Where two reasons meet, both are named."""
    found = pieces("abcdef", [(1, Span(0, 4)), (2, Span(2, 6))])
    assert [(p.text, p.numbers, p.ends) for p in found] == [
        ("ab", (1,), ()),
        ("cd", (1, 2), (1,)),
        ("ef", (2,), (2,)),
    ]


def test_a_mark_prints_the_number_of_its_reason() -> None:
    """Colour is never alone: the reason's number stands at the end of the mark."""
    reasons = (Reason("A", "", 0.9), Reason("B", "", 0.5, spans=(Span(4, 7),)))
    assert str(marked("buy now!", reasons)) == (
        'buy <mark class="tone-2" data-ends="2">now</mark>!'
    )


@pytest.mark.parametrize(
    "character",
    [
        "\u202e",
        "\u2066",
        "\u200b",
        "\u00ad",
        "\ufeff",
        "\u0000",
        "\u2028",
        "\ud800",
        "\u3164",
        "\U000e0041",
        "\u200e",
    ],
)
def test_a_hidden_character_is_named(character: str) -> None:
    """Controls of direction and characters that show nothing appear as chips, never themselves."""
    shown = str(marked(f"a{character}b"))
    assert f"⟨U+{ord(character):04X}⟩" in shown
    assert character not in shown


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d🚀",
        "two\nlines\tand\r\nmore",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "café e\u0301",
    ],
)
def test_spelling_is_not_named_as_hidden(text: str) -> None:
    """Joiners of Persian, Indic scripts and emoji, flags and line breaks stay as they are."""
    assert not any(is_hidden(text, i) for i in range(len(text)))


def test_a_joiner_between_latin_letters_is_named() -> None:
    """Where a joiner spells nothing, it was put there to split a word."""
    assert is_hidden("ca\u200dsino", 2)
    assert is_hidden("ca\u200csino", 2)


@given(st.characters())
def test_controls_of_direction_never_reach_the_page(character: str) -> None:
    """No character that reorders others is ever shown as itself."""
    if unicodedata.bidirectional(character) in {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }:
        assert character not in str(visible(character))


def test_a_long_run_of_hidden_characters_is_one_chip() -> None:
    """A thousand zero-width spaces do not fill the page."""
    assert str(marked("a" + "\u200b" * 1000 + "b")).count("chip") == 1
