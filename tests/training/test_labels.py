"""What verdicts teach, and that nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.store import Store
from moderation.store.ids import lot
from moderation.terms import (
    Action,
    Article,
    Label,
    RelevanceKind,
    VerdictAction,
    VerdictLabel,
)
from moderation.training.labels import rows_from_labels
from moderation.training.rows import Row
from tests.training.verdicts import NOON, add, correct, opened, settle

TRAM = Article(id="tram", title="Tram delayed", body="Cracks in two bridges.", language="en")
APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a new store."""
    with opened(Config(var_dir=tmp_path)) as made:
        yield made


def learned(store: Store) -> list[Row]:
    """Give the rows that training would get of this store."""
    return rows_from_labels(store.verdicts.labels())


def test_approving_says_neither_spam_nor_toxic(store: Store) -> None:
    """It says nothing of relevance or substance unless the moderator does."""
    settle(store, "Late again.", APPROVE, article=TRAM)
    (row,) = learned(store)
    assert (row.spam, row.toxicity, row.substance, row.kind) == (False, False, None, None)
    assert (row.text, row.source, row.language) == ("Late again.", "labels", "en")


@pytest.mark.parametrize(
    ("action", "labels", "spam", "toxicity", "substance", "kind"),
    [
        (REJECT, ("spam",), True, None, None, None),
        (REJECT, ("toxic",), None, True, None, None),
        (REJECT, ("spam", "toxic"), True, True, None, None),
        (REJECT, ("off_topic",), None, None, None, RelevanceKind.OFF_TOPIC),
        (REJECT, ("generic", "low_substance"), None, None, False, RelevanceKind.GENERIC),
        (REJECT, ("other",), None, None, None, None),
        (REJECT, (), None, None, None, None),
        (APPROVE, ("on_topic",), False, False, True, RelevanceKind.ON_TOPIC),
        (APPROVE, ("on_topic", "low_substance"), False, False, False, RelevanceKind.ON_TOPIC),
        (APPROVE, ("generic",), False, False, None, RelevanceKind.GENERIC),
        (APPROVE, ("spam",), True, False, None, None),
        (REJECT, ("on_topic", "off_topic"), None, None, None, None),
        (APPROVE, ("not_spam",), False, None, None, None),
        (APPROVE, ("not_toxic",), None, False, None, None),
        (APPROVE, ("not_spam", "not_toxic"), False, False, None, None),
        (REJECT, ("spam", "not_toxic"), True, False, None, None),
        (REJECT, ("spam", "not_spam"), None, None, None, None),
    ],
)
def test_a_verdict_teaches_only_what_it_speaks_about(
    store: Store,
    action: VerdictAction,
    labels: tuple[str, ...],
    spam: bool | None,
    toxicity: bool | None,
    substance: bool | None,
    kind: RelevanceKind | None,
) -> None:
    """Rejecting as off topic is no evidence of spam, nor of its absence; two kinds are none."""
    settle(store, "Some words", action, *map(VerdictLabel, labels), article=TRAM)
    (row,) = learned(store)
    assert (row.spam, row.toxicity, row.substance, row.kind) == (spam, toxicity, substance, kind)


def test_the_machines_own_decisions_teach_nothing(store: Store) -> None:
    """However sure the model was, only a person's word becomes a row."""
    for action in Action:
        add(store, f"Decided by the machine: {action}", article=TRAM, action=action)
    assert learned(store) == []


def test_only_the_newest_verdict_on_a_comment_counts(store: Store) -> None:
    """A correction takes the place of the mistake."""
    comment_id = settle(store, "Call me", REJECT, VerdictLabel.SPAM)
    correct(store, comment_id, APPROVE)
    (row,) = learned(store)
    assert row.spam is False


def test_a_deleted_comment_teaches_nothing_more(store: Store) -> None:
    """What a reader has had erased is not learned from."""
    comment_id = settle(store, "Call me", REJECT, VerdictLabel.SPAM)
    store.comments.delete(comment_id, site=None, actor="key:1", now=NOON)
    assert learned(store) == []


def test_comments_under_one_article_stay_together(store: Store) -> None:
    """An article is a group; a comment without one is a group of its own."""
    for text in ("Late again.", "Never on time."):
        settle(store, text, APPROVE, VerdictLabel.ON_TOPIC, article=TRAM)
    settle(store, "Hello", APPROVE)
    settle(store, "Good day", APPROVE)
    rows = {row.text: row for row in learned(store)}
    assert rows["Late again."].group == rows["Never on time."].group
    assert rows["Hello"].group != rows["Good day"].group
    article = rows["Late again."].article
    assert article is not None
    assert article.body == TRAM.body


def test_an_article_without_text_is_nothing_to_compare_with(store: Store) -> None:
    """A bare address keeps comments together and teaches no relevance."""
    settle(
        store, "Late", APPROVE, VerdictLabel.ON_TOPIC, article=Article(url="https://a.example/1")
    )
    (row,) = learned(store)
    assert row.article is None
    assert "a.example" in row.group


def test_what_a_moderator_did_is_learned_whatever_the_reason(store: Store) -> None:
    """Rejecting without a word teaches no other head, and teaches what this desk rejects."""
    settle(store, "Some words", REJECT)
    settle(store, "Other words", APPROVE, VerdictLabel.ON_TOPIC)
    assert {row.text: row.rejected for row in learned(store)} == {
        "Some words": True,
        "Other words": False,
    }


def _label(number: int, *, held: bool, drawn: bool, site: str = "default") -> Label:
    return Label(
        verdict_id="v",
        comment_id=f"{number:032x}",
        site=site,
        text=f"Comment {number}",
        action=APPROVE,
        labels=(),
        article=None,
        parent_text=None,
        language="en",
        decided_at=NOON,
        held=held,
        drawn=drawn,
    )


@pytest.mark.parametrize(("share", "stands_for"), [(0.5, 2.0), (0.25, 4.0), (0.05, 5.0)])
def test_a_drawn_comment_stands_for_those_not_drawn(share: float, stands_for: float) -> None:
    """One in four stands for four, and none for more than five; the share shows in the lots."""
    drawn = [n for n in range(4000) if lot(f"{n:032x}") < share]
    rows = rows_from_labels([_label(n, held=n % 2 == 0, drawn=True) for n in drawn])
    assert {row.represents for n, row in zip(drawn, rows, strict=True) if n % 2 == 0} == {1.0}
    (weight,) = {row.represents for n, row in zip(drawn, rows, strict=True) if n % 2}
    assert weight == pytest.approx(stands_for, rel=0.05)


def test_what_was_held_or_picked_stands_for_itself() -> None:
    """All that is held is judged one day; why somebody picked another comment, nobody knows."""
    labels = [_label(1, held=True, drawn=False), _label(2, held=False, drawn=False)]
    assert [row.represents for row in rows_from_labels(labels)] == [1.0, 1.0]


def test_every_site_draws_its_own_share() -> None:
    """A site that has all its comments looked at does not make another's drawn ones count less."""
    every = [_label(n, held=False, drawn=True, site="all") for n in range(200)]
    some = [
        _label(n, held=False, drawn=True, site="some")
        for n in range(4000)
        if lot(f"{n:032x}") < 0.25
    ]
    rows = rows_from_labels([*every, *some])
    assert rows[0].represents == pytest.approx(1.0, rel=0.05)
    assert rows[-1].represents == pytest.approx(4.0, rel=0.05)
