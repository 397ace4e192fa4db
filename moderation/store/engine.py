"""
Connections to SQLite and PostgreSQL: addresses, settings, transactions, errors made ours.

Knows no table. The only file, with `writer.py`, where the two databases differ at run time.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from moderation.errors import StoreError
from moderation.store.driver import (
    BUSY_TIMEOUT_SECONDS,
    Readers,
    begin_immediate,
    execute_when_free,
)
from moderation.store.statements import Query
from moderation.store.writer import NewRow, Writer, translated

__all__ = ["Database", "parse_url", "shown"]

T = TypeVar("T")

_POOL_SIZE = 8
_POOL_OVERFLOW = 24
_POOL_TIMEOUT_SECONDS = 10.0
_WRITES = "moderation_writes"

_SQLITE_PRAGMAS = (
    # Readers do not stop the writer, and the writer does not stop readers.
    "PRAGMA journal_mode = WAL",
    # Every commit is on the disk before it is acknowledged, even when power fails.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # A deleted comment is overwritten in the file, not only forgotten.
    "PRAGMA secure_delete = ON",
    # A burst leaves a large log behind; it is cut back after the next checkpoint.
    "PRAGMA journal_size_limit = 67108864",
)

_POSTGRES_SETTINGS = (
    f"SET lock_timeout = '{int(BUSY_TIMEOUT_SECONDS * 1000)}ms'",
    f"SET statement_timeout = '{int(BUSY_TIMEOUT_SECONDS * 1000)}ms'",
    # A server that acknowledges before it wrote would break the promise made to callers.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'",
)


def parse_url(url: str) -> URL:
    """
    Read a database address: ``sqlite:///PATH`` or ``postgresql://…`` (``postgres://`` too).

    Raises:
        StoreError: not an address, another database, or SQLite in memory, which processes and
            threads cannot share.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("is not a database address", field="database_url") from error
    name = parsed.drivername
    if name in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if name not in {"sqlite", "sqlite+pysqlite"}:
        raise StoreError(f"{name} is not supported: SQLite or PostgreSQL", field="database_url")
    if not parsed.database or parsed.database == ":memory:" or "mode=memory" in url:
        raise StoreError("SQLite needs a file", field="database_url")
    return parsed


def shown(url: URL) -> str:
    """Give the address as messages may show it, without its password."""
    return url.render_as_string(hide_password=True)


class Database:
    """
    One process's connections to one store, and its one writer.

    Safe to share between threads, and safe to inherit by ``fork``: the child starts its own
    connections and its own writer at first use.

    Attributes:
        url: where the store is.
        engine: for schema work; everything else goes through the methods.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.engine = _create_engine(url)
        self.writing_engine = self.engine.execution_options(**{_WRITES: True})
        self._writer = Writer(self.writing_engine)
        self._readers = Readers(self.engine)
        self._inherited: list[object] = []
        _databases.add(self)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(str(self.url.database)) if self.url.get_backend_name() == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """
        Lend a connection for reading; on SQLite all its reads see one moment.

        Raises:
            StoreError: the database did not answer.
        """
        with translated(self.engine.dialect), self.engine.connect() as connection:
            yield connection

    def fetch(self, query: Query, values: Mapping[str, object]) -> list[Any]:
        """
        Run one query by itself and give all its rows; see `Readers.fetch`.

        Raises:
            StoreError: the database did not answer.
        """
        with translated(self.engine.dialect):
            return self._readers.fetch(query, values)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction of its own; see `Writer.run`."""
        return self._writer.run(work)

    def insert(self, rows: Sequence[NewRow]) -> None:
        """Insert rows durably, sharing a commit with other callers; see `Writer.insert`."""
        self._writer.insert(rows)

    def close(self) -> None:
        """Finish what callers wait for, then close every connection. Later writes fail."""
        self._writer.close()
        self._readers.close()
        self.engine.dispose()

    def _start_over_after_fork(self) -> None:
        # The parent still uses the inherited connections. Closing them here would talk to the
        # parent's server, or let SQLite believe that the last user of the file is gone, so they
        # are kept, unused, for as long as this process lives.
        self._inherited += [self.engine.pool, self._readers, self._writer]
        self.engine.dispose(close=False)
        self._readers = Readers(self.engine)
        self._writer = Writer(self.writing_engine)


_databases: weakref.WeakSet[Database] = weakref.WeakSet()


def _start_over_after_fork() -> None:
    for database in list(_databases):
        database._start_over_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over_after_fork)


def _create_engine(url: URL) -> Engine:
    arguments: dict[str, Any] = {
        # Error texts would otherwise carry comment text into logs.
        "hide_parameters": True,
        "pool_size": _POOL_SIZE,
        "max_overflow": _POOL_OVERFLOW,
        "pool_timeout": _POOL_TIMEOUT_SECONDS,
    }
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, **arguments)
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            # A connection the server dropped is noticed before it is lent, not by a caller.
            arguments |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}
            engine = create_engine(url, **arguments)
            event.listen(engine, "connect", _set_up_postgres)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            "PostgreSQL needs psycopg: install moderation[postgres]", field="database_url"
        ) from error
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin deferred ones, which fail
    # at once with "database is locked" when another process wrote between their read and write.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        # Of two who open a new file at once, one is refused the change to WAL without any waiting.
        execute_when_free(cursor, pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the write lock first and so waits its turn; a reader takes no lock.
    writes = connection.get_execution_options().get(_WRITES)
    if writes:
        begin_immediate(connection.connection.cursor())
    else:
        connection.exec_driver_sql("BEGIN")


def _set_up_postgres(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for setting in _POSTGRES_SETTINGS:
        cursor.execute(setting)
    cursor.close()
    connection.commit()
