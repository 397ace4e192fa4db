"""Near-duplicates: which texts say the same, in the eyes of a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.training.duplicates import NEAR, near_pairs

QUAY = "When the boats fall out with each other, the buyers simply stop coming to the quay."


@pytest.mark.parametrize(
    "late",
    [
        QUAY,
        QUAY.upper(),
        QUAY.replace("boats", "ships").replace("quay", "port"),
        f"{QUAY} Order our fresh fish at boats.example!",
        "Wh\u0435n the bo\u0430ts f\u200ball out with each other, the buyers stop coming",
    ],
)
def test_what_is_said_again_is_found(late: str) -> None:
    """The same words, two changed, an advertisement hung on, or disguised: all say the same."""
    (pair,) = near_pairs([QUAY, "Soup keeps for three days.", late])
    assert (pair.early, pair.late) == (0, 2)
    assert NEAR <= pair.similarity <= 1


@pytest.mark.parametrize(
    ("early", "late"),
    [
        (QUAY, "When two cats fight over the bowl, the milk ends up on the floor."),
        (QUAY, "The boats are in the harbour."),
        ("Yummy!!", "Yummy 😋"),
        ("Well said", "Well said, sir"),
        ("", "a"),
        ("hahaha", "Hahahaha!"),
        ("10101", "101010"),
    ],
)
def test_what_only_sounds_alike_is_not(early: str, late: str) -> None:
    """A shared subject, a shared beginning or everybody's two words are no repetition."""
    assert near_pairs([early, late]) == []


@pytest.mark.parametrize("text", ["hmm", "🙃", "+1", "沙发", "???", "दही"])
def test_the_same_short_text_is_found(text: str) -> None:
    """However short, what is the same is the same."""
    assert [pair.similarity for pair in near_pairs([text, "something else", text])] == [1]


def test_pairs_come_in_the_order_of_the_later_text() -> None:
    """A third copy is a pair with each of the two before it."""
    pairs = near_pairs([QUAY, "Soup keeps for three days.", QUAY, QUAY])
    assert [(pair.early, pair.late) for pair in pairs] == [(0, 2), (0, 3), (2, 3)]


def test_more_texts_than_are_compared_at_once() -> None:
    """A copy is found however many texts lie between."""
    between = [f"{number} {number * 7919} {number * 104729}" for number in range(1200)]
    assert (0, 1201) in [(pair.early, pair.late) for pair in near_pairs([QUAY, *between, QUAY])]


def test_nothing_is_like_nothing() -> None:
    """No text, or only empty ones, make no pair."""
    assert near_pairs([]) == []
    assert near_pairs(["", "  "]) == []


@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_texts_can_be_compared(texts: list[str]) -> None:
    """Whatever is sent, every pair names two different texts, the earlier one first."""
    for pair in near_pairs(texts):
        assert 0 <= pair.early < pair.late < len(texts)
        assert NEAR <= pair.similarity <= 1
