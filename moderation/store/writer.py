"""
The one writer of a process: callers hand it work, it commits and then wakes them.

Decides what shares a transaction; knows no table by name.

A durable commit costs the same for one row as for sixty-four, so rows that are only inserted share
one: while a commit is under way the next callers queue up and become the next group. Work that
reads and locks rows runs in a transaction of its own, so that two processes on PostgreSQL cannot
end up waiting for each other's rows.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Insert, Table, insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from moderation.errors import StoreError

__all__ = ["ConstraintBroken", "NewRow", "Writer", "translated"]

T = TypeVar("T")

NewRow = tuple[Table, Mapping[str, object]]
"""A table and the values of one new row. Rows of one table always name the same columns."""

GROUP_LIMIT = 64
"""Most callers that share a commit: SQLite commits 2,400 rows/s singly, 50,000 in such groups."""

WAIT_SECONDS = 10.0
"""How long a caller waits for its turn; then its work is taken back, or once more this long."""


class ConstraintBroken(StoreError):
    """A row breaks a constraint of the schema: it exists already, or refers to nothing."""

    default_message = "The store refused a row."


@contextmanager
def translated() -> Iterator[None]:
    """
    Turn errors of the database into ours, with the original as their cause.

    The message names the kind of error only: the original's text may quote a comment.

    Raises:
        ConstraintBroken: a constraint of the schema was broken.
        StoreError: anything else the database or its driver raised.
    """
    try:
        yield
    except IntegrityError as error:
        raise ConstraintBroken from error
    except SQLAlchemyError as error:
        raise StoreError(f"{StoreError.default_message} ({type(error).__name__})") from error


@dataclass(slots=True)
class _Unit:
    """What one caller waits for: rows to insert, or work of its own. Neither: the writer stops."""

    rows: Sequence[NewRow] = ()
    work: Callable[[Connection], Any] | None = None
    done: Future[Any] = field(default_factory=Future)


class Writer:
    """
    Runs every write of this process, one transaction at a time.

    Its thread starts at the first write, so making a `Writer` before a process forks costs nothing.
    """

    def __init__(self, engine: Engine, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._engine = engine
        self._wait_seconds = wait_seconds
        self._waiting: queue.SimpleQueue[_Unit] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def insert(self, rows: Sequence[NewRow]) -> None:
        """
        Insert rows, all or none, sharing a commit with other callers. Durable when it returns.

        Raises:
            ConstraintBroken: one of these rows breaks a constraint; other callers are unharmed.
            StoreError: nothing was written, unless the message says that it is not known.
        """
        if rows:
            self._wait(_Unit(rows=rows))

    def run(self, work: Callable[[Connection], T]) -> T:
        """
        Run `work` in a transaction of its own and commit it. Durable when it returns.

        Whatever `work` raises rolls it back and reaches the caller; database errors become ours.

        Raises:
            ConstraintBroken: it broke a constraint.
            StoreError: nothing was written, unless the message says that it is not known.
        """
        result: T = self._wait(_Unit(work=work))
        return result

    def close(self) -> None:
        """Finish everything handed over so far, then stop. Later writes raise `StoreError`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            thread = self._thread
            self._waiting.put(_Unit())
        if thread is not None:
            thread.join()

    def _wait(self, unit: _Unit) -> Any:
        with self._lock:
            if self._closed:
                raise StoreError("The store is closed.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="store-writer", daemon=True)
                self._thread.start()
            self._waiting.put(unit)
        try:
            return unit.done.result(self._wait_seconds)
        except FutureTimeoutError:
            # Work that has not begun can be taken back: then it surely was not written.
            if unit.done.cancel():
                raise StoreError("The store is too busy; nothing was written.") from None
        try:
            return unit.done.result(self._wait_seconds)
        except FutureTimeoutError:
            raise StoreError(
                "The store did not answer in time; it is not known whether this was written."
            ) from None

    def _loop(self) -> None:
        while True:
            group, last = self._next_group()
            if group:
                self._commit_group(group)
            if last is not None:
                if last.work is None:
                    return
                if last.done.set_running_or_notify_cancel():
                    self._commit_alone(last)

    def _next_group(self) -> tuple[list[_Unit], _Unit | None]:
        """Wait for work; give what shares a commit, and the unit after it that does not."""
        group: list[_Unit] = []
        unit = self._waiting.get()
        while unit.rows:
            if unit.done.set_running_or_notify_cancel():
                group.append(unit)
            if len(group) == GROUP_LIMIT:
                return group, None
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return group, None
        return group, unit

    def _commit_group(self, group: list[_Unit]) -> None:
        committing = False
        try:
            with translated(), self._engine.connect() as connection:
                _insert_all(connection, [row for unit in group for row in unit.rows])
                committing = True
                connection.commit()
        except Exception as error:
            if len(group) == 1 or committing:
                for unit in group:
                    unit.done.set_exception(_outcome(error, committing))
            else:
                # One caller's rows must not take the others down: each tries alone.
                for unit in group:
                    self._commit_group([unit])
            return
        for unit in group:
            unit.done.set_result(None)

    def _commit_alone(self, unit: _Unit) -> None:
        assert unit.work is not None  # noqa: S101 - `_loop` hands over nothing else.
        committing = False
        try:
            with translated(), self._engine.connect() as connection:
                with connection.begin():
                    result = unit.work(connection)
                    committing = True
        except Exception as error:
            unit.done.set_exception(_outcome(error, committing))
        else:
            unit.done.set_result(result)


def _insert_all(connection: Connection, rows: Sequence[NewRow]) -> None:
    """Insert rows with one statement for each table, referred-to tables first."""
    by_table: dict[Table, list[Mapping[str, object]]] = {}
    for table, values in rows:
        by_table.setdefault(table, []).append(values)
    for table in sorted(by_table, key=_position):
        connection.execute(_insert_into(table), by_table[table])


@cache
def _insert_into(table: Table) -> Insert:
    # Building a statement costs as much as running it; one object serves for ever.
    return insert(table)


_POSITIONS: dict[Table, int] = {}


def _position(table: Table) -> int:
    if table not in _POSITIONS:
        _POSITIONS.update({each: at for at, each in enumerate(table.metadata.sorted_tables)})
    return _POSITIONS[table]


def _outcome(error: Exception, committing: bool) -> Exception:
    """Say of a failed commit that its outcome is not known; other errors speak for themselves."""
    if not committing or not isinstance(error, StoreError):
        return error
    unknown = StoreError("The commit failed; it is not known whether this was written.")
    unknown.__cause__ = error
    return unknown
