"""What verdicts teach, and that nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.store import Store
from moderation.terms import Action, Article, RelevanceKind, VerdictAction, VerdictLabel
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
