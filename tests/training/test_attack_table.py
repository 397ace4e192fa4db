"""The table of attacks: what is compared with what, and which rows count."""

from __future__ import annotations

import random

import pytest

from moderation.training.attack_table import attack_table, read_otherwise
from moderation.training.rows import Row
from moderation.training.serving import shipped_policy
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

MODEL, POLICY = WordModel(), shipped_policy()


def rows(text: str, count: int, *, spam: bool) -> list[Row]:
    """Make numbered rows, each a group of its own."""
    return [
        Row(f"{text} {number}", "corpus", f"{text}{number}", language="en", spam=spam)
        for number in range(count)
    ]


BAD = rows("now buy the pills", 20, spam=True)
GOOD = rows("the harbour was foggy", 10, spam=False)


def hide(text: str, chance: random.Random) -> str:
    """Hide a character in the word, which normalising undoes."""
    return text.replace("buy", "b\u200buy")


def destroy(text: str, chance: random.Random) -> str:
    """Write the word so that nobody reads it."""
    return text.replace("buy", "obtain").replace("foggy", "buy")


def test_what_is_undone_loses_nothing() -> None:
    """A disguise that is read through leaves recall as it was."""
    (found,) = (a for a in attack_table(MODEL, POLICY, BAD, attacks={"hide": hide}) if a.clean.of)
    assert (found.head, found.attack) == ("spam", "hide")
    assert found.clean.rate == found.attacked.rate == 1
    assert found.lost == 0


def test_what_gets_through_is_counted() -> None:
    """Recall that is lost, and the alarms raised on good comments, stand beside what they were."""
    table = attack_table(MODEL, POLICY, [*BAD, *GOOD], attacks={"destroy": destroy})
    found = next(a for a in table if a.head == "spam")
    assert (found.clean.of, found.attacked.hits) == (20, 0)
    assert found.lost == found.lost_low == found.lost_high == 1
    assert (found.alarms_clean.hits, found.alarms_attacked.hits) == (0, 10)
    assert (found.held_clean.rate, found.held_attacked.rate) == (1, 0)


def test_rows_an_attack_cannot_change_do_not_count() -> None:
    """Clean and attacked recall are of the same rows: those that were disguised."""
    chinese = rows("加微信送彩金", 5, spam=True)
    (found,) = (
        a
        for a in attack_table(MODEL, POLICY, [*BAD, *chinese], attacks={"hide": hide})
        if a.clean.of
    )
    assert found.clean.of == 20


def test_every_head_that_is_held_for_is_attacked() -> None:
    """Toxic rows are tried against toxicity; a set's nature is no label."""
    toxic = [Row(f"you idiot {n}", "corpus", str(n), toxicity=True) for n in range(5)]
    assumed = [
        Row(f"an idiot {n}", "sms", str(n), toxicity=True, assumed=frozenset({"toxicity"}))
        for n in range(5)
    ]
    table = attack_table(
        MODEL, POLICY, [*toxic, *assumed], attacks={"shout": lambda t, _: t.upper()}
    )
    assert {a.head: a.clean.of for a in table} == {"spam": 0, "toxicity": 5}


def test_the_table_does_not_depend_on_the_order_of_rows() -> None:
    """Each row is disguised by its own seed."""
    there = attack_table(MODEL, POLICY, [*BAD, *GOOD])
    back = attack_table(MODEL, POLICY, [*GOOD, *reversed(BAD)])
    assert repr(there) == repr(back)


def test_alarms_that_undoing_adds_to_clean_comments_are_counted() -> None:
    """A good comment held only because letters apart were joined is a false alarm we made."""
    good = [*GOOD, Row("b.u.y is how she spells it", "corpus", "x", spam=False)]
    found = next(f for f in read_otherwise(MODEL, POLICY, good) if f.head == "spam")
    assert (found.good, found.changed) == (11, 1)
    assert (found.added.hits, found.spared.hits) == (1, 0)


def test_a_broken_character_is_no_reason_to_stop() -> None:
    """Rows that no encoding can write are attacked like others."""
    odd = [Row("now buy \ud800 pills", "corpus", "odd", spam=True)]
    table = attack_table(MODEL, POLICY, odd)
    assert any(a.clean.of for a in table)
