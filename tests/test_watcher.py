"""A watcher looks again and again, whatever happens, until it is told to stop."""

from __future__ import annotations

import logging
import threading

import pytest

from moderation.watcher import Watcher

PATIENCE = 20


class Looks:
    """Counts its looks; raises in those it is told to."""

    def __init__(self, *, broken: frozenset[int] = frozenset()) -> None:
        self.count = 0
        self.broken = broken
        self.third = threading.Event()

    def __call__(self) -> None:
        """Take a look."""
        self.count += 1
        if self.count >= 3:
            self.third.set()
        if self.count in self.broken:
            raise ValueError("the reader's own words")


def test_it_looks_again_and_again(caplog: pytest.LogCaptureFixture) -> None:
    """A look that fails is logged by kind and place, without its message, and not the last."""
    look = Looks(broken=frozenset({1, 2}))
    watcher = Watcher("test", look, pause_seconds=0.001)
    with caplog.at_level(logging.ERROR):
        watcher.start()
        assert look.third.wait(PATIENCE)
        watcher.stop()
    (first, _) = caplog.records
    assert (first.__dict__["watcher"], first.__dict__["error"]) == ("test", "ValueError")
    assert "__call__" in first.__dict__["where"]
    assert "own words" not in str([record.__dict__ for record in caplog.records])


def test_a_stopped_watcher_looks_no_more_and_can_begin_anew() -> None:
    """Starting or stopping twice is once; after a stop it is as new."""
    look = Looks()
    watcher = Watcher("test", look, pause_seconds=0.001)
    watcher.stop()
    for _ in range(2):
        watcher.start()
        watcher.start()
        assert [thread.name for thread in threading.enumerate()].count("test") == 1
        assert look.third.wait(PATIENCE)
        watcher.stop()
        watcher.stop()
        assert watcher.stopping
        assert "test" not in [thread.name for thread in threading.enumerate()]
        seen, look.count = look.count, 0
        assert seen >= 3
        look.third.clear()
    assert look.count == 0


def test_stopping_waits_no_longer_than_it_is_told() -> None:
    """A look that hangs does not keep a service from ending, and can tell that it should."""
    begun, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    watcher = Watcher("test", hang, pause_seconds=0.001, patience_seconds=0.01)
    watcher.start()
    assert begun.wait(PATIENCE)
    assert not watcher.stopping
    watcher.stop()
    assert watcher.stopping
    assert not go_on.is_set()
    go_on.set()
