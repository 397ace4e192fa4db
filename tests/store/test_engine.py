"""
Tests of addresses, connections and durability settings.

Mirrors `moderation/store/engine.py`.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from moderation.errors import StoreError
from moderation.store import Store
from moderation.store.engine import Database, parse_url, shown


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_of_every_form_are_taken(scheme: str) -> None:
    """Hosting services write the scheme differently; all mean the same driver."""
    url = parse_url(f"{scheme}://me:secret@db.example/store")
    assert url.drivername == "postgresql+psycopg"
    assert "secret" not in shown(url)


@pytest.mark.parametrize(
    "url",
    ["", "store.sqlite", "mysql://db/x", "sqlite://", "sqlite:///:memory:", "postgres://h:port/x"],
)
def test_other_addresses_are_refused(url: str) -> None:
    """What cannot work is refused before anything is opened, naming the setting."""
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert caught.value.field == "database_url"


def test_a_server_that_is_not_there_is_a_store_error() -> None:
    """A refused connection is ours to report, with the driver's error as its cause."""
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://me:secret@127.0.0.1:1/none")
    assert caught.value.__cause__ is not None
    assert "secret" not in str(caught.value)


def test_ping_answers(store: Store) -> None:
    """A store that is there says nothing."""
    store.ping()


def test_every_connection_is_durable(store_url: str) -> None:
    """Commits reach the disk before they are acknowledged, and references are checked."""
    database = Database(parse_url(store_url))
    try:
        with database.reading() as connection:

            def setting(name: str) -> object:
                verb = "SHOW" if database.file is None else "PRAGMA"
                return connection.scalar(text(f"{verb} {name}"))

            if database.file is None:
                assert setting("synchronous_commit") == "on"
            else:
                assert setting("journal_mode") == "wal"
                assert setting("synchronous") == 2
                assert setting("foreign_keys") == 1
    finally:
        database.close()


@pytest.mark.postgres
def test_connections_the_server_dropped_are_replaced(
    postgres_template: str, postgres_server: object
) -> None:
    """A restarted server costs no caller an error."""
    url = postgres_server.create_database(postgres_template)  # type: ignore[attr-defined]
    with Store.open(url) as store:
        store.ping()
        other = Database(parse_url(url))
        with other.reading() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        other.close()
        store.ping()
