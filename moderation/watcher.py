"""
A look taken again and again in a thread of its own: for files, verdicts, things that are due.

Knows nothing of what is looked for; takes no locks and keeps no results.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from moderation.errors import describe

__all__ = ["Watcher"]

_log = logging.getLogger(__name__)


class Watcher:
    """
    Takes a look every few seconds, in a daemon thread, from `start` to `stop`.

    A look that raises is logged and the next one is taken all the same: a watcher must outlive any
    surprise, or its service would never again see what it watches for.

    Args:
        name: of the thread, and in the log.
        look: what to do; the first time after one pause.
        pause_seconds: from the end of a look to the next one.
        patience_seconds: how long `stop` waits for a look that is being taken.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], object],
        *,
        pause_seconds: float,
        patience_seconds: float = 5.0,
    ) -> None:
        self._name = name
        self._look = look
        self._pause_seconds = pause_seconds
        self._patience_seconds = patience_seconds
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop; a long look should come to its end."""
        return self._stop.is_set()

    def start(self) -> None:
        """Begin to look; nothing happens when it has begun already."""
        if self._thread is None:
            # Another event for another thread: one that is still in its last look keeps its own.
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._watch, args=(self._stop,), name=self._name, daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Stop looking; safe to call twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=self._patience_seconds)
            self._thread = None

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(self._pause_seconds):
            try:
                self._look()
            except Exception as error:
                _log.error("a look failed", extra={"watcher": self._name, **describe(error)})
