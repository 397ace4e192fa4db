"""The count of ended sessions comes to a store with reviewers in it, and goes again."""

from __future__ import annotations

from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import text

from moderation.errors import SchemaVersionError
from moderation.store import Store
from moderation.store.columns import microseconds
from moderation.store.engine import Database
from moderation.store.schema import migration_config, upgrade

_REVIEWER = text(
    "INSERT INTO reviewers (id, name, folded_name, password_hash, created_at)"
    " VALUES ('r1', 'Ana', 'ana', NULL, :at)"
)
_LINK = text(
    "INSERT INTO sign_in_links (digest, reviewer_id, expires_at, used_at)"
    " VALUES ('d1', 'r1', :at, NULL)"
)


def test_reviewers_and_their_links_survive_up_and_down(
    database: Database, empty_store_url: str, now: datetime
) -> None:
    """Everybody starts at 0 with nothing lost; going back drops the count and nothing else."""
    with database.writing_engine.begin() as connection:
        command.upgrade(migration_config(connection), "0001")
        for statement in (_REVIEWER, _LINK):
            connection.execute(statement, {"at": microseconds(now)})
    with pytest.raises(SchemaVersionError, match="python -m moderation db upgrade"):
        Store.open(empty_store_url)

    upgrade(database)
    with Store.open(empty_store_url) as store:
        (ana,) = store.accounts.reviewers()
        assert (ana.id, ana.name, ana.created_at, ana.session_version) == ("r1", "Ana", now, 0)
        assert store.accounts.end_sessions("r1", actor="system", now=now).session_version == 1

    with database.writing_engine.begin() as connection:
        command.downgrade(migration_config(connection), "0001")
    with database.reading() as connection:
        (row,) = connection.execute(text("SELECT * FROM reviewers")).mappings()
        assert dict(row) == {
            "id": "r1",
            "name": "Ana",
            "folded_name": "ana",
            "password_hash": None,
            "created_at": microseconds(now),
        }
        assert connection.scalar(text("SELECT reviewer_id FROM sign_in_links")) == "r1"
