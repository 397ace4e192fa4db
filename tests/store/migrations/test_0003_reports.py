"""Reports come to a store with verdicts in it, and go again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import inspect

from moderation.errors import SchemaVersionError
from moderation.store import NewComment, Store
from moderation.store.engine import Database
from moderation.store.schema import migration_config, upgrade
from moderation.terms import VerdictAction
from tests.settling import settle


def test_comments_and_verdicts_survive_up_and_down(
    database: Database,
    empty_store_url: str,
    new_comment: Callable[..., NewComment],
    now: datetime,
) -> None:
    """Going back drops the reports alone; the store is refused until it is upgraded again."""
    upgrade(database)
    with Store.open(empty_store_url) as store:
        added, _ = store.comments.add(new_comment(held=0.5))
        reject = VerdictAction.REJECT
        store.reports.add(added.id, site=None, actor="key:k", action=reject, labels=(), now=now)
        settle(store, added.id, reject, now)
    with database.writing_engine.begin() as connection:
        command.downgrade(migration_config(connection), "0002")
    with database.reading() as connection:
        assert "reports" not in inspect(connection).get_table_names()
    with pytest.raises(SchemaVersionError, match="python -m moderation db upgrade"):
        Store.open(empty_store_url)
    upgrade(database)
    with Store.open(empty_store_url) as store:
        stored = store.comments.get(added.id)
        assert (stored.reports, len(stored.verdicts)) == ((), 1)
