"""
The one writer of a process: of the callers who want to write one commits, for all of them.

Decides what shares a transaction; knows no table by name.

A durable commit costs the same for one row as for sixty-four, so rows that are only inserted share
one: while a commit is under way the next callers queue up and become the next group. Work that
reads and locks rows runs in a transaction of its own, so that two processes on PostgreSQL cannot
end up waiting for each other's rows.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, Table
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from moderation.errors import StoreError
from moderation.store.driver import Inserter
from moderation.store.statements import Insertion, Parameters, insertion

__all__ = ["ConstraintBroken", "NewRow", "Writer", "translated"]

T = TypeVar("T")

NewRow = tuple[Table, Mapping[str, object]]
"""A table and the values of one new row. Rows of one table always name the same columns."""

GROUP_LIMIT = 64
"""Most callers that share a commit: SQLite commits 2,400 rows/s singly, 50,000 in such groups."""

WAIT_SECONDS = 10.0
"""How long a caller waits for its turn; then its work is taken back, or once more this long."""


_UNKNOWN = "The commit failed; it is not known whether this was written."


class ConstraintBroken(StoreError):
    """A row breaks a constraint of the schema: it exists already, or refers to nothing."""

    default_message = "The store refused a row."


@contextmanager
def translated(dialect: Dialect) -> Iterator[None]:
    """
    Turn errors of the database and its driver into ours, with the original as their cause.

    The message names the kind of error only: the original's text may quote a comment.

    Raises:
        ConstraintBroken: a constraint of the schema was broken.
        StoreError: anything else the database or its driver raised.
    """
    try:
        yield
    except (IntegrityError, dialect.loaded_dbapi.IntegrityError) as error:
        raise ConstraintBroken from error
    except (SQLAlchemyError, dialect.loaded_dbapi.Error) as error:
        raise StoreError(f"{StoreError.default_message} ({type(error).__name__})") from error


@dataclass(slots=True, eq=False)
class _Unit:
    """What one caller wants written, and how it went."""

    rows: Sequence[tuple[Insertion, Parameters]] = ()
    work: Callable[[Connection], Any] | None = None
    result: Any = None
    error: BaseException | None = None
    leads: bool = False
    woken: threading.Lock = field(default_factory=threading.Lock)


class Writer:
    """
    Runs every write of this process, one transaction at a time.

    There is no thread of its own: a caller who finds nobody writing writes at once, and with it
    what others queued up meanwhile; then the first of those who came later takes over. So a lone
    caller waits for the disk and for nothing else.
    """

    def __init__(self, engine: Engine, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._engine = engine
        self._inserter = Inserter(engine)
        self._wait_seconds = wait_seconds
        self._waiting: deque[_Unit] = deque()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._busy = False
        self._closed = False

    def insert(self, rows: Sequence[NewRow]) -> None:
        """
        Insert rows, all or none, sharing a commit with other callers. Durable when it returns.

        Raises:
            ConstraintBroken: one of these rows breaks a constraint; other callers are unharmed.
            StoreError: nothing was written, unless the message says that it is not known.
        """
        if not rows:
            return
        dialect = self._engine.dialect
        converted = []
        for table, values in rows:
            into = insertion(table, tuple(values), dialect)
            converted.append((into, into.parameters(values)))
        self._do(_Unit(rows=converted))

    def run(self, work: Callable[[Connection], T]) -> T:
        """
        Run `work` in a transaction of its own and commit it. Durable when it returns.

        Whatever `work` raises rolls it back and reaches the caller; database errors become ours.

        Raises:
            ConstraintBroken: it broke a constraint.
            StoreError: nothing was written, unless the message says that it is not known.
        """
        result: T = self._do(_Unit(work=work))
        return result

    def close(self) -> None:
        """Finish everything handed over so far, then stop. Later writes raise `StoreError`."""
        with self._lock:
            self._closed = True
            self._idle.wait_for(lambda: not self._busy)
            self._inserter.close()

    def _do(self, unit: _Unit) -> Any:
        with self._lock:
            if self._closed:
                raise StoreError("The store is closed.")
            if self._busy:
                unit.woken.acquire()
                self._waiting.append(unit)
            else:
                self._busy = unit.leads = True
        if not unit.leads:
            self._wait(unit)
        if unit.leads:
            self._lead(unit)
        if unit.error is not None:
            raise unit.error
        return unit.result

    def _wait(self, unit: _Unit) -> None:
        """Wait until another caller has written the unit, or leaves it the lead."""
        if unit.woken.acquire(timeout=self._wait_seconds):
            return
        with self._lock:
            # What nobody began with can be taken back: then it surely was not written.
            if unit in self._waiting:
                self._waiting.remove(unit)
                raise StoreError("The store is too busy; nothing was written.")
        if not unit.woken.acquire(timeout=self._wait_seconds):
            raise StoreError(
                "The store did not answer in time; it is not known whether this was written."
            )

    def _lead(self, unit: _Unit) -> None:
        """Write the unit and what may share its commit, then pass the lead on."""
        group = self._group_of(unit)
        try:
            if unit.work is not None:
                self._commit_alone(unit)
            else:
                self._commit_group(group)
        except BaseException:
            # This thread is being stopped; the others must still learn how they stand.
            for member in group:
                member.error = StoreError(_UNKNOWN)
            raise
        finally:
            with self._lock:
                if self._waiting:
                    heir = self._waiting.popleft()
                    heir.leads = True
                    heir.woken.release()
                else:
                    self._busy = False
                    self._idle.notify_all()
            for member in group:
                if member is not unit:
                    member.woken.release()

    def _group_of(self, unit: _Unit) -> list[_Unit]:
        """Take the inserts next in line, up to `GROUP_LIMIT`; other work shares with nobody."""
        group = [unit]
        with self._lock:
            while (
                unit.rows and self._waiting and self._waiting[0].rows and len(group) < GROUP_LIMIT
            ):
                group.append(self._waiting.popleft())
        return group

    def _commit_group(self, group: list[_Unit]) -> None:
        committing = False
        try:
            with translated(self._engine.dialect):
                self._inserter.insert(_by_table(row for unit in group for row in unit.rows))
                committing = True
                self._inserter.commit()
        except Exception as error:
            if len(group) == 1 or committing:
                for unit in group:
                    unit.error = _outcome(error, committing)
            else:
                # One caller's rows must not take the others down: each tries alone.
                for unit in group:
                    self._commit_group([unit])

    def _commit_alone(self, unit: _Unit) -> None:
        assert unit.work is not None  # noqa: S101 - `_lead` looks.
        committing = False
        try:
            with translated(self._engine.dialect), self._engine.connect() as connection:
                with connection.begin():
                    unit.result = unit.work(connection)
                    committing = True
        except Exception as error:
            unit.error = _outcome(error, committing)


def _by_table(
    rows: Iterable[tuple[Insertion, Parameters]],
) -> list[tuple[Insertion, list[Parameters]]]:
    """Put rows together that one statement inserts, referred-to tables first."""
    together: dict[Insertion, list[Parameters]] = {}
    for into, parameters in rows:
        together.setdefault(into, []).append(parameters)
    return sorted(together.items(), key=_position)


_POSITIONS: dict[Table, int] = {}


def _position(item: tuple[Insertion, list[Parameters]]) -> int:
    table = item[0].table
    if table not in _POSITIONS:
        _POSITIONS.update({each: at for at, each in enumerate(table.metadata.sorted_tables)})
    return _POSITIONS[table]


def _outcome(error: Exception, committing: bool) -> Exception:
    """Say of a failed commit that its outcome is not known; other errors speak for themselves."""
    if not committing or not isinstance(error, StoreError):
        return error
    unknown = StoreError(_UNKNOWN)
    unknown.__cause__ = error
    return unknown
