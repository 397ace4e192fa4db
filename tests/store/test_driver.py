"""
Tests of statements run by the driver itself: same values, own connections, dropped ones replaced.

Mirrors `moderation/store/driver.py` and `statements.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import bindparam, select, text

from moderation.errors import StoreError
from moderation.store import tables
from moderation.store.driver import begin_immediate
from moderation.store.engine import Database, parse_url
from moderation.store.ids import new_id
from moderation.store.statements import Query
from moderation.store.writer import ConstraintBroken

_EVENTS = Query(select(tables.events).where(tables.events.c.subject == bindparam("subject")))


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """Give the connections to a fresh store."""
    opened = Database(parse_url(store_url))
    yield opened
    opened.close()


def _add(database: Database, now: datetime, subject: str = "s", **data: Any) -> None:
    values = {"at": now, "kind": "x.y", "actor": "system", "subject": subject, "data": data}
    database.insert([(tables.events, values)])


def test_values_go_in_and_out_through_their_columns_types(
    database: Database, now: datetime
) -> None:
    """Moments, documents and unstorable characters come back as through SQLAlchemy."""
    _add(database, now, "a\x00b", found=[1, None, "ü\x00"])
    (row,) = database.fetch(_EVENTS, {"subject": "a\x00b"})
    with database.reading() as connection:
        (expected,) = connection.execute(select(tables.events)).all()
    assert row._asdict() == expected._asdict()
    assert (row.at, row.subject, row.data) == (now, "a␀b", {"found": [1, None, "ü␀"]})


def test_many_rows_of_several_tables_are_inserted_at_once(
    database: Database, now: datetime
) -> None:
    """Rows are put together by table, those referred to first."""
    reviewer = new_id(now)
    link = {"digest": "d", "reviewer_id": reviewer, "expires_at": now, "used_at": None}
    person = {"name": "Ana", "folded_name": "ana", "password_hash": None, "created_at": now}
    database.insert(
        [
            (tables.sign_in_links, link),
            (tables.reviewers, {"id": reviewer, **person}),
            (tables.reviewers, {"id": new_id(now), **person, "folded_name": "bea"}),
        ]
    )
    with database.reading() as connection:
        assert len(connection.execute(select(tables.reviewers)).all()) == 2


def test_after_a_broken_constraint_nothing_is_left_and_the_next_insert_works(
    database: Database, now: datetime
) -> None:
    """A failed transaction is undone as a whole."""
    with pytest.raises(ConstraintBroken):
        database.insert(
            [
                (tables.secrets, {"name": "twice", "value": b""}),
                (tables.secrets, {"name": "twice", "value": b""}),
            ]
        )
    database.insert([(tables.secrets, {"name": "twice", "value": b"1"})])
    with database.reading() as connection:
        assert connection.scalar(select(tables.secrets.c.value)) == b"1"


def test_a_query_that_fails_is_a_store_error_and_the_next_one_works(
    database: Database, now: datetime
) -> None:
    """The connection a query failed on is not lent again."""
    wrong = Query(select(text("nonsense").columns(tables.events.c.id).subquery()))
    with pytest.raises(StoreError):
        database.fetch(wrong, {})
    assert database.fetch(_EVENTS, {"subject": "s"}) == []


def test_threads_read_at_the_same_time(database: Database, now: datetime) -> None:
    """Each has a connection of its own, and all see what was stored before."""
    _add(database, now)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: database.fetch(_EVENTS, {"subject": "s"}), range(200)))
    assert {len(rows) for rows in found} == {1}


@pytest.mark.postgres
def test_dropped_connections_are_replaced(
    postgres_template: str, postgres_server: Any, now: datetime
) -> None:
    """A restarted server costs neither a reader nor a writer an error."""
    url = postgres_server.create_database(postgres_template)
    database, other = Database(parse_url(url)), Database(parse_url(url))
    _add(database, now)
    assert len(database.fetch(_EVENTS, {"subject": "s"})) == 1
    drop = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with other.reading() as connection:
        connection.execute(drop)
    assert len(database.fetch(_EVENTS, {"subject": "s"})) == 1
    _add(database, now)
    assert len(database.fetch(_EVENTS, {"subject": "s"})) == 2
    other.close()
    database.close()
    postgres_server.drop_database(url)


def test_the_write_lock_is_waited_for(tmp_path: Path) -> None:
    """A writer begins as soon as another process's transaction ends, and not before."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None, check_same_thread=False)

    holder, waiter = connect(), connect()
    begin_immediate(holder.cursor())
    started, begun = Event(), Event()

    def wait() -> None:
        started.set()
        begin_immediate(waiter.cursor())
        begun.set()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(wait)
        assert started.wait(30)
        assert not begun.wait(0.05)
        holder.rollback()
        future.result(30)
    assert waiter.in_transaction
    waiter.rollback()
    holder.close()
    waiter.close()
