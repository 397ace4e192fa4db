"""
Tests of the event log and of what is append-only, on both databases.

Mirrors `moderation/store/events.py` and the triggers of the first migration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from moderation.store import Event, NewComment, Store
from moderation.store.engine import Database, parse_url
from moderation.terms import VerdictAction
from tests.settling import settle


def test_events_come_newest_first(store: Store, now: datetime) -> None:
    """The log is read from its end, of one subject when it is named."""
    for n in range(3):
        store.events.append(
            at=now, kind="key.made", actor="system", subject=f"s{n % 2}", data={"n": n, "x": [None]}
        )
    assert [event.data["n"] for event in store.events.recent()] == [2, 1, 0]
    assert [event.data["n"] for event in store.events.recent(subject="s0", limit=1)] == [2]
    newest = store.events.recent(limit=1)[0]
    assert newest == Event(newest.id, now, "key.made", "system", "s0", {"n": 2, "x": [None]})


def test_adding_a_comment_is_logged_without_its_text(
    store: Store, new_comment: Callable[..., NewComment]
) -> None:
    """The event says what was decided and by whom, and nothing that could need erasing."""
    added, _ = store.comments.add(new_comment(held=0.5, key_id="k7"))
    (event,) = store.events.recent()
    assert (event.kind, event.actor, event.subject) == ("comment.added", "key:k7", added.id)
    assert added.case is not None
    assert dict(event.data) == {
        "action": "hold",
        "answer": "hold",
        "case": added.case.id,
        "model": "20260301-1",
        "policy": "p1",
    }


@pytest.mark.parametrize("table", ["events", "verdicts"])
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'me'", "DELETE FROM {}", "TRUNCATE {}"])
def test_append_only_tables_refuse_every_change(
    store: Store,
    store_url: str,
    new_comment: Callable[..., NewComment],
    now: datetime,
    table: str,
    change: str,
) -> None:
    """Not even somebody with a database shell rewrites history by accident."""
    if "TRUNCATE" in change and make_url(store_url).get_backend_name() == "sqlite":
        change = "DELETE FROM {} WHERE 1"
    added, _ = store.comments.add(new_comment())
    settle(store, added.id, VerdictAction.APPROVE, now)
    database = Database(parse_url(store_url))
    try:
        suffix = " CASCADE" if "TRUNCATE" in change else ""
        with database.writing_engine.connect() as connection:
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(change.format(table) + suffix))
    finally:
        database.close()
    assert store.verdicts.count() == 1
