"""
The few statements every comment runs: compiled once, then run by the database's own driver.

Knows no table. A read here costs 20 µs where SQLAlchemy's execution costs 150; whatever does not
run for every comment goes through SQLAlchemy, see `engine.py`.
"""

from __future__ import annotations

import sqlite3
from collections import deque, namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from time import monotonic, sleep
from typing import Any

from sqlalchemy import CompoundSelect, Dialect, Engine, Insert, Select, Table, insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.sql.compiler import SQLCompiler

__all__ = [
    "BUSY_TIMEOUT_SECONDS",
    "Inserter",
    "Insertion",
    "Parameters",
    "Query",
    "Readers",
    "begin_immediate",
    "insertion",
]

BUSY_TIMEOUT_SECONDS = 8.0
"""How long one statement waits for another process's transaction."""

_PAUSE_SECONDS = 0.0003

Parameters = tuple[object, ...] | dict[str, object]
"""What a driver takes with a statement: by position for SQLite, by name for PostgreSQL."""


class Query:
    """
    One SELECT, compiled at its first use on each kind of database.

    Values go in and come out through the types of their columns, as with SQLAlchemy. Every
    parameter is a single value: no lists (``expanding``).
    """

    def __init__(self, statement: Select[Any] | CompoundSelect[Any]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        """Give the query as one kind of database takes it."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            # Two threads may both compile it; the results are equal.
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return compiled


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
            connection = self._idle.pop()
        except IndexError:
            return self._fetch(self._open(), compiled, parameters)
        try:
            return self._fetch(connection, compiled, parameters)
        except Exception as error:
            if not _is_disconnect(self._engine, error):
                raise
        # The server dropped it while it lay idle, and then surely the others as well.
        self.close()
        return self._fetch(self._open(), compiled, parameters)

    def close(self) -> None:
        """Close what lies idle; a later read connects anew."""
        while self._idle:
            self._idle.pop().close()

    def _fetch(
        self, connection: DBAPIConnection, compiled: _Compiled, parameters: Parameters
    ) -> list[Any]:
        try:
            cursor = connection.cursor()
            cursor.execute(compiled.sql, parameters)
            rows = cursor.fetchall()
            cursor.close()
        except BaseException:
            # Nobody else gets it in whatever state it is in.
            connection.close()
            raise
        self._idle.append(connection)
        return compiled.read(rows)

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
                self._give_up()
                if not _is_disconnect(self._engine, error):
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

    SQLite itself would wait for another process's transaction with longer and longer pauses, up to
    a tenth of a second, in which the lock is free again and taken by whoever comes along.

    Raises:
        sqlite3.OperationalError: the lock was not free for `BUSY_TIMEOUT_SECONDS`.
    """
    end = monotonic() + BUSY_TIMEOUT_SECONDS
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > end:
                    raise
            sleep(_PAUSE_SECONDS)
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}")


def _connect(engine: Engine) -> Any:
    """Open a connection, set up as the engine does it, that the engine's pool knows nothing of."""
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    return connection


def _is_disconnect(engine: Engine, error: BaseException) -> bool:
    dialect = engine.dialect
    return isinstance(error, dialect.loaded_dbapi.Error) and dialect.is_disconnect(
        error, None, None
    )


class _Binding:
    """The text of a statement, and how values get into it."""

    def __init__(
        self,
        statement: Select[Any] | CompoundSelect[Any] | Insert,
        dialect: Dialect,
        column_keys: Sequence[str] | None = None,
    ) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=column_keys)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - these statements have no other.
        self.sql = str(compiled)
        self._order = compiled.positiontup
        self._fixed: dict[str, object] = {}
        self._sent: list[tuple[str, Callable[[Any], Any] | None]] = []
        for bind, name in compiled.bind_names.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._sent.append((name, convert))
            else:
                # A value that is part of the statement, such as its limit.
                value = bind.effective_value
                self._fixed[name] = convert(value) if convert else value

    def parameters(self, values: Mapping[str, object]) -> Parameters:
        """Turn the values of one run, or of one row, into what the driver takes."""
        bound = self._fixed.copy()
        for name, convert in self._sent:
            value = values[name]
            bound[name] = value if convert is None else convert(value)
        return bound if self._order is None else tuple([bound[name] for name in self._order])


class _Compiled(_Binding):
    """A SELECT for one kind of database, and how its rows are read."""

    def __init__(self, statement: Select[Any] | CompoundSelect[Any], dialect: Dialect) -> None:
        super().__init__(statement, dialect)
        columns = list(statement.selected_columns)
        self._row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self._converters = [
            (at, convert)
            for at, column in enumerate(columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def read(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Turn what the driver gave into named tuples of our values."""
        if not self._converters:
            return list(map(self._row._make, rows))
        made = []
        for row in rows:
            values = list(row)
            for at, convert in self._converters:
                values[at] = convert(values[at])
            made.append(self._row._make(values))
        return made


class Insertion(_Binding):
    """An INSERT into one table, of rows that name the same columns."""

    def __init__(self, table: Table, names: tuple[str, ...], dialect: Dialect) -> None:
        # Inline: nothing is asked back of the rows.
        super().__init__(insert(table).inline(), dialect, names)
        self.table = table


@cache
def insertion(table: Table, names: tuple[str, ...], dialect: Dialect) -> Insertion:
    """Give the INSERT for these columns of a table, made once."""
    return Insertion(table, names, dialect)
