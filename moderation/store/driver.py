"""
Connections used without SQLAlchemy's work around each statement: for what every comment runs.

Runs what `statements.py` compiled; knows no table.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Mapping, Sequence
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

from moderation.store.statements import Insertion, Parameters, Query

__all__ = ["BUSY_TIMEOUT_SECONDS", "Inserter", "Readers", "begin_immediate", "execute_when_free"]

BUSY_TIMEOUT_SECONDS = 8.0
"""How long one statement waits for another process's transaction."""

_PAUSE_SECONDS = 0.0003
# Between two attempts to get the write lock; a commit holds it for 300 µs and more.


class Readers:
    """
    A process's connections for single reads, each lent to one thread at a time.

    They stay open between reads and outside transactions, so nothing is begun, rolled back or
    checked around a read. There are as many as threads ever read at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[DBAPIConnection] = deque()

    def fetch(self, query: Query, values: Mapping[str, object]) -> list[Any]:
        """
        Run one query and give all its rows, as named tuples.

        Raises:
            Exception: whatever the driver or SQLAlchemy raised.
        """
        compiled = query.on(self._engine.dialect)
        parameters = compiled.parameters(values)
        try:
            connection, lay_idle = self._idle.pop(), True
        except IndexError:
            connection, lay_idle = self._open(), False
        while True:
            try:
                rows = _run(connection, compiled.sql, parameters)
                break
            except BaseException as error:
                dropped = lay_idle and _is_dropped(self._engine, connection, error)
                # Nobody else gets it in whatever state it is in.
                connection.close()
                if not dropped:
                    raise
            # The server dropped it while it lay idle, and then surely the others as well.
            self.close()
            connection, lay_idle = self._open(), False
        self._idle.append(connection)
        return compiled.read(rows)

    def close(self) -> None:
        """Close what lies idle; a later read connects anew."""
        while True:
            # Another thread may take the last one at this moment, so looking first is no use.
            try:
                connection = self._idle.pop()
            except IndexError:
                return
            connection.close()

    def _open(self) -> DBAPIConnection:
        connection: Any = _connect(self._engine)
        if self._engine.dialect.name == "postgresql":
            connection.autocommit = True
        opened: DBAPIConnection = connection
        return opened


class Inserter:
    """
    The connection a process's rows are inserted by, kept open between transactions.

    Used by one thread at a time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None

    def insert(self, rows: Sequence[tuple[Insertion, Sequence[Parameters]]]) -> None:
        """
        Begin a transaction and insert rows; when that fails, nothing is left of it.

        Raises:
            Exception: whatever the driver or SQLAlchemy raised.
        """
        if self._connection is not None:
            try:
                self._insert(rows)
            except BaseException as error:
                dropped = _is_dropped(self._engine, self._connection, error)
                self._give_up()
                if not dropped:
                    raise
            else:
                return
        # There is none yet, or the server dropped it between two transactions.
        self._connection = _connect(self._engine)
        try:
            self._insert(rows)
        except BaseException:
            self._give_up()
            raise

    def commit(self) -> None:
        """
        Make what was inserted durable.

        Raises:
            Exception: whatever the driver raised; it is not known whether the rows are stored.
        """
        try:
            self._connection.commit()
        except BaseException:
            self._give_up()
            raise

    def close(self) -> None:
        """Close the connection; a later insert connects anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _insert(self, rows: Sequence[tuple[Insertion, Sequence[Parameters]]]) -> None:
        cursor = self._connection.cursor()
        if self._engine.dialect.name == "sqlite":
            begin_immediate(cursor)
        for into, parameters in rows:
            if len(parameters) == 1:
                cursor.execute(into.sql, parameters[0])
            else:
                cursor.executemany(into.sql, parameters)
        cursor.close()

    def _give_up(self) -> None:
        try:
            self._connection.rollback()
        except self._engine.dialect.loaded_dbapi.Error:
            self.close()


def begin_immediate(cursor: Any) -> None:
    """
    Begin a transaction on SQLite that holds the write lock from its first moment.

    Raises:
        sqlite3.OperationalError: the lock was not free for `BUSY_TIMEOUT_SECONDS`.
    """
    # SQLite itself would wait with longer and longer pauses, up to a tenth of a second, in which
    # the lock becomes free and is taken by whoever comes along.
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        execute_when_free(cursor, "BEGIN IMMEDIATE")
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}")


def execute_when_free(cursor: Any, statement: str) -> None:
    """
    Run a statement on SQLite as soon as the lock it needs is free.

    Raises:
        sqlite3.OperationalError: the lock was not free for `BUSY_TIMEOUT_SECONDS`.
    """
    end = monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            cursor.execute(statement)
            return
        except sqlite3.OperationalError as error:
            # The low byte is the kind of error, the rest says more of it.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
        sleep(_PAUSE_SECONDS)


def _connect(engine: Engine) -> Any:
    """Open a connection, set up as the engine does it, that the engine's pool knows nothing of."""
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    return connection


def _run(connection: DBAPIConnection, sql: str, parameters: Parameters) -> Any:
    cursor = connection.cursor()
    cursor.execute(sql, parameters)
    rows = cursor.fetchall()
    cursor.close()
    return rows


def _is_dropped(engine: Engine, connection: Any, error: BaseException) -> bool:
    """Tell whether the server, and not the statement, is why it failed."""
    dialect = engine.dialect
    return isinstance(error, dialect.loaded_dbapi.Error) and dialect.is_disconnect(
        error, connection, None
    )
