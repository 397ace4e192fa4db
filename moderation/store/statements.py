"""
The few statements every comment runs, compiled once for each kind of database.

Knows no table and opens no connection. Compiled so, a read costs 20 µs where SQLAlchemy's execution
costs 150; whatever does not run for every comment goes through SQLAlchemy, see `engine.py`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Dialect, Insert, Select, Table, insert
from sqlalchemy.sql.compiler import SQLCompiler

__all__ = ["CompiledQuery", "Insertion", "Parameters", "Query", "insertion"]

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
        self._compiled: dict[str, CompiledQuery] = {}

    def on(self, dialect: Dialect) -> CompiledQuery:
        """Give the query as one kind of database takes it."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            # Two threads may both compile it; the results are equal.
            compiled = self._compiled[dialect.name] = CompiledQuery(self._statement, dialect)
        return compiled


class _Bound:
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


class CompiledQuery(_Bound):
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


class Insertion(_Bound):
    """An INSERT into one table, of rows that name the same columns."""

    def __init__(self, table: Table, names: tuple[str, ...], dialect: Dialect) -> None:
        # Inline: nothing is asked back of the rows.
        super().__init__(insert(table).inline(), dialect, names)
        self.table = table


@cache
def insertion(table: Table, names: tuple[str, ...], dialect: Dialect) -> Insertion:
    """Give the INSERT for these columns of a table, made once."""
    return Insertion(table, names, dialect)
