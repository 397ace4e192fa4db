"""Replies come to a store with comments in it, and go again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from alembic import command
from sqlalchemy import inspect

from moderation.store import NewComment, NewReply, Store, Tally
from moderation.store.engine import Database
from moderation.store.schema import migration_config, upgrade
from moderation.terms import VerdictAction


def test_comments_survive_up_and_down(
    database: Database,
    empty_store_url: str,
    new_comment: Callable[..., NewComment],
    now: datetime,
) -> None:
    """Going back drops the counts alone, and they begin anew."""
    upgrade(database)
    reply = NewReply(VerdictAction.REJECT, "https://blog.example/")
    day = [now, now + timedelta(days=1)]
    with Store.open(empty_store_url) as store:
        added, _ = store.comments.add(new_comment(reply=reply, key_id="k1"))
        assert store.replies.tallies(day, site="default") == [Tally(spam=1)]
    with database.writing_engine.begin() as connection:
        command.downgrade(migration_config(connection), "0003")
    with database.reading() as connection:
        assert "replies" not in inspect(connection).get_table_names()
    upgrade(database)
    with Store.open(empty_store_url) as store:
        assert store.comments.get(added.id).comment.text == added.comment.text
        assert store.replies.tallies(day, site="default") == [Tally()]
