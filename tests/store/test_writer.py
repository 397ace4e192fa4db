"""
Tests of the group-commit writer: who shares a commit and who learns what.

Mirrors `moderation/store/writer.py`; the processes are real ones.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, Engine

from moderation.errors import StoreError
from moderation.store import NewComment, Store, tables
from moderation.store.driver import Inserter
from moderation.store.engine import Database, parse_url
from moderation.store.writer import ConstraintBroken, NewRow, Writer

_WAIT_SECONDS = 30.0

ADDER = Path(__file__).with_name("adder.py")


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """Give the connections to a fresh store."""
    opened = Database(parse_url(store_url))
    yield opened
    opened.close()


@pytest.fixture
def patient(database: Database) -> Iterator[Writer]:
    """Give a writer whose callers wait long enough for any machine."""
    writer = Writer(database.writing_engine, wait_seconds=_WAIT_SECONDS)
    yield writer
    writer.close()


def _event(now: datetime, subject: str) -> list[NewRow]:
    values = {"at": now, "kind": "x.y", "actor": "system", "subject": subject, "data": {}}
    return [(tables.events, values)]


def _secret(name: str) -> list[NewRow]:
    return [(tables.secrets, {"name": name, "value": b""})]


class _Gate:
    """Work that keeps the writer busy until it is opened, so that callers queue up behind it."""

    def __init__(self, writer: Writer) -> None:
        self.reached, self._open = Event(), Event()
        self._caller = Thread(target=writer.run, args=(self._work,))
        self._caller.start()
        assert self.reached.wait(_WAIT_SECONDS)

    def _work(self, _connection: Connection) -> None:
        self.reached.set()
        assert self._open.wait(_WAIT_SECONDS)

    def open(self) -> None:
        """Let the writer go on."""
        self._open.set()
        self._caller.join()


class _Watched(Inserter):
    """Counts the commits of groups, and waits before each while `go_on` is cleared."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.commits = 0
        self.reached, self.go_on = Event(), Event()
        self.go_on.set()

    def commit(self) -> None:
        self.commits += 1
        self.reached.set()
        assert self.go_on.wait(_WAIT_SECONDS)
        super().commit()


def _queued(writer: Writer, calls: list[Callable[[], None]]) -> list[Future[None]]:
    """Start calls in threads, one after the other as each has queued up."""
    pool = ThreadPoolExecutor(len(calls))
    futures = []
    for call in calls:
        before = len(writer._waiting)
        futures.append(pool.submit(call))
        while len(writer._waiting) == before:
            pass
    pool.shutdown(wait=False)
    return futures


def test_callers_who_wait_together_share_a_commit(
    database: Database, patient: Writer, now: datetime
) -> None:
    """Ten callers behind a busy writer cost one transaction, and each finds its row."""
    patient._inserter = watched = _Watched(database.writing_engine)
    gate = _Gate(patient)
    futures = _queued(patient, [lambda n=n: patient.insert(_event(now, str(n))) for n in range(10)])
    gate.open()
    for future in futures:
        future.result(_WAIT_SECONDS)
    assert watched.commits == 1
    with database.reading() as connection:
        assert len(connection.execute(tables.events.select()).all()) == 10


def test_one_callers_error_reaches_that_caller_only(
    database: Database, patient: Writer, now: datetime
) -> None:
    """In a group with a broken row the others are stored, each exactly once."""
    patient.insert(_secret("taken"))
    gate = _Gate(patient)
    names = ["a", "taken", "b", "b", "c"]
    futures = _queued(patient, [lambda name=name: patient.insert(_secret(name)) for name in names])
    gate.open()
    errors = [future.exception(_WAIT_SECONDS) for future in futures]
    assert [type(error) for error in errors] == [
        type(None),
        ConstraintBroken,
        type(None),
        ConstraintBroken,
        type(None),
    ]
    with database.reading() as connection:
        found = set(connection.scalars(tables.secrets.select()))
    assert found == {"taken", "a", "b", "c"}


def test_what_work_raises_reaches_its_caller_and_undoes_it(
    database: Database, patient: Writer, now: datetime
) -> None:
    """An error of any kind comes back as it is, and nothing of that work stays."""

    def work(connection: Connection) -> None:
        connection.execute(tables.events.insert(), _event(now, "undone")[0][1])
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        patient.run(work)
    assert patient.run(lambda _: 7) == 7
    with database.reading() as connection:
        assert connection.execute(tables.events.select()).all() == []


def test_closing_finishes_what_callers_wait_for(
    database: Database, patient: Writer, now: datetime
) -> None:
    """Everything handed over before closing is written; later writes are refused."""
    gate = _Gate(patient)
    futures = _queued(patient, [lambda n=n: patient.insert(_event(now, str(n))) for n in range(5)])
    closing = Thread(target=patient.close)
    closing.start()
    gate.open()
    closing.join()
    for future in futures:
        future.result(_WAIT_SECONDS)
    with database.reading() as connection:
        assert len(connection.execute(tables.events.select()).all()) == 5
    with pytest.raises(StoreError, match="closed"):
        patient.insert(_event(now, "late"))
    patient.close()


def test_a_caller_who_waited_too_long_takes_the_work_back(
    database: Database, now: datetime
) -> None:
    """What nobody had begun with is surely not written, then or later."""
    hasty = Writer(database.writing_engine, wait_seconds=0.1)
    gate = _Gate(hasty)
    with pytest.raises(StoreError, match="nothing was written"):
        hasty.insert(_event(now, "taken back"))
    gate.open()
    hasty.close()
    with database.reading() as connection:
        assert connection.execute(tables.events.select()).all() == []


def test_a_caller_whose_commit_takes_too_long_is_told_that_nothing_is_known(
    database: Database, now: datetime
) -> None:
    """A follower does not wait for ever for the caller that writes for it."""
    hasty = Writer(database.writing_engine, wait_seconds=1.0)
    hasty._inserter = watched = _Watched(database.writing_engine)
    watched.go_on.clear()
    gate = _Gate(hasty)
    leader, follower = _queued(
        hasty, [lambda name=name: hasty.insert(_event(now, name)) for name in ("one", "two")]
    )
    gate.open()
    assert watched.reached.wait(_WAIT_SECONDS)
    error = follower.exception(_WAIT_SECONDS)
    assert isinstance(error, StoreError)
    assert "not known" in error.message
    watched.go_on.set()
    assert leader.result(_WAIT_SECONDS) is None
    hasty.close()
    with database.reading() as connection:
        assert len(connection.execute(tables.events.select()).all()) == 2


def _adder(url: str, count: int, *, fork: bool = False) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ADDER), url, str(count), *(["fork"] if fork else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_was_acknowledged_survives_a_kill(
    store_url: str, new_comment: Callable[..., NewComment]
) -> None:
    """Every id a process printed before SIGKILL is in the store, with its case."""
    process = _adder(store_url, 1_000_000)
    assert process.stdout is not None
    printed = [process.stdout.readline().strip() for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    rest, errors = process.communicate(timeout=_WAIT_SECONDS)
    assert (process.returncode, errors) == (-signal.SIGKILL, "")
    lines = [*printed, *rest.splitlines(keepends=True)]
    # The last line may be cut off; a whole one ends with its newline.
    ids = {line.strip() for line in lines if len(line.strip()) == 32}
    assert len(ids) >= 40
    with Store.open(store_url) as store:
        assert ids <= {stored.id for stored in store.comments.all()}
        assert store.cases.count(site=None) >= len(ids)
        assert store.comments.add(new_comment())[1]


def test_processes_write_at_the_same_time(store_url: str) -> None:
    """Two processes of four threads each lose nothing and see no lock."""
    processes = [_adder(store_url, 60) for _ in range(2)]
    printed: list[str] = []
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        printed += output.split()
    assert len(set(printed)) == 2 * 4 * 60
    with Store.open(store_url) as store:
        assert {stored.id for stored in store.comments.all()} == set(printed)
        assert store.cases.count(site=None) == len(printed)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_store_opened_and_used_before_a_fork_works_on_both_sides(store_url: str) -> None:
    """Parent and child both add comments with the store the parent opened."""
    process = _adder(store_url, 5, fork=True)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    ids = output.split()
    assert len(set(ids)) == 2 * 4 * 5
    with Store.open(store_url) as store:
        assert {stored.id for stored in store.comments.all()} == set(ids)
