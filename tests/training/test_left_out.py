"""Heads fitted without some of the rows: what they know, and that they do not know the rest."""

from __future__ import annotations

import numpy as np
import pytest

from moderation.training.encode import encode
from moderation.training.left_out import Question, answer
from moderation.training.rows import Row
from tests.training.made_rows import READER, ham, pills, put

pytestmark = pytest.mark.usefixtures("in_threads")

OLD, NEW = "cheap pills without prescription", "my stylist waits for you at glamour corner"
ROWS: list[Row] = [
    *ham(240, seed=1),
    *pills(240, seed=2, phrase=OLD),
    *ham(40, seed=3),
    *pills(40, seed=4, phrase=OLD),
    *pills(40, seed=5, phrase=NEW),
]
KNOWN, ASKED = np.arange(480), np.arange(480, 600)
ENCODED = encode([row.text for row in ROWS], READER)


def test_what_was_learned_is_answered_and_what_was_left_out_is_not() -> None:
    """The old advertising stands out; the new one does only for a head that has seen it."""
    (said,) = answer([Question("spam", KNOWN, ASKED)], ROWS, ENCODED)
    good, old, new = said[:40], said[40:80], said[80:]
    assert old.min() > good.max()
    assert old.min() > 0.5 > good.max()
    assert new.mean() < old.mean()
    more = np.concatenate((KNOWN, np.arange(560, 590)))
    (taught,) = answer([Question("spam", more, np.arange(590, 600))], ROWS, ENCODED)
    assert taught.mean() > new.mean()


def test_answers_come_in_the_order_of_the_questions() -> None:
    """However long each takes; the same question is answered the same."""
    few = np.concatenate((KNOWN[:40], KNOWN[240:280]))
    questions = [
        Question("spam", few, ASKED[:7]),
        Question("spam", KNOWN, ASKED),
        Question("spam", few, ASKED[:5]),
    ]
    found = answer(questions, ROWS, ENCODED)
    assert [len(said) for said in found] == [7, 120, 5]
    assert found[2].tolist() == found[0][:5].tolist()
    again = answer(questions[:1], ROWS, ENCODED)
    assert again[0].tolist() == found[0].tolist()


def test_rows_to_calibrate_on_decide_the_probability_alone() -> None:
    """Turned round, they cannot turn the order round: a sigmoid upside down is not taken."""
    (said,) = answer([Question("spam", KNOWN, ASKED)], ROWS, ENCODED)
    unlabelled = [*ROWS[:480], *(put(row.text, n) for n, row in enumerate(ROWS[480:]))]
    (same,) = answer([Question("spam", KNOWN, ASKED)], unlabelled, ENCODED)
    # What is true of the rows asked about has no say at all.
    assert same.tolist() == said.tolist()


def test_a_row_cannot_be_asked_about_and_learned_from() -> None:
    """The one mistake that would make every number here worthless."""
    with pytest.raises(ValueError, match="learned from"):
        Question("spam", KNOWN, np.array([479, 480]))
