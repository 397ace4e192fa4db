"""Whether explanations are true: a model that points at the cause, and one that does not."""

from __future__ import annotations

import math

import pytest

from moderation.training.faithful import measure_explanations
from moderation.training.rows import Row
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

WORDS = {"spam": "pills", "toxicity": "idiot"}
ROWS = [
    Row(f"the tram was late again so order pills from number {n} here", "corpus", str(n))
    for n in range(30)
]


def test_a_true_explanation_wins() -> None:
    """Without what it points at the score falls; without other words it mostly stays."""
    spam, toxicity, *_ = measure_explanations(WordModel(WORDS), ROWS)
    assert (spam.head, spam.rows) == ("spam", 30)
    assert spam.top_drop == pytest.approx(0.8)
    assert spam.random_drop < spam.top_drop / 2
    assert spam.wins > 0.8
    assert spam.wins_low <= spam.wins <= spam.wins_high
    assert toxicity.rows == 0
    assert math.isnan(toxicity.wins)


def test_a_false_explanation_does_not() -> None:
    """Pointing at a word that does not matter is no better than chance."""
    spam, *_ = measure_explanations(WordModel(WORDS, pointed="tram"), ROWS)
    assert spam.top_drop == pytest.approx(0)
    assert spam.wins <= 0.5


def test_texts_without_room_for_another_span_are_left_out() -> None:
    """Where the span is all there is, nothing can be compared."""
    spam, *_ = measure_explanations(WordModel(WORDS), [Row("pills" * 6, "corpus", "x")])
    assert spam.rows == 0


def test_chinese_is_compared_as_well() -> None:
    """No spaces are needed to find other places of the same length."""
    model = WordModel({"spam": "彩金"})
    rows = [
        Row(f"今天天气很好大家出来走走吧顺便领一下彩金{n}号窗口", "corpus", str(n))
        for n in range(5)
    ]
    spam = measure_explanations(model, rows)[0]
    assert spam.rows == 5
    assert spam.wins > 0.5


def test_measuring_twice_gives_the_same() -> None:
    """Random spans are seeded by the row."""
    model = WordModel(WORDS)
    assert repr(measure_explanations(model, ROWS)) == repr(measure_explanations(model, ROWS[::-1]))
