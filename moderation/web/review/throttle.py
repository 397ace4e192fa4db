"""
How many wrong passwords one name may try.

Counts in memory; knows nothing of accounts, sessions or pages.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

__all__ = ["Throttle"]


class Throttle:
    """
    Counts wrong tries by name within a sliding window.

    It lives in memory, one for each worker process, so that strangers cannot fill the store by
    guessing; with N workers a name gets at most N times the tries. Names without an account are
    counted alike, so that the answer does not tell which exist. A locked-out moderator can still
    come in by a one-time link.

    Args:
        tries: wrong tries a name may make within `window`.
        window: how long a wrong try counts.
        names: names remembered at once; the longest unused are forgotten first.
    """

    def __init__(
        self, *, tries: int = 5, window: timedelta = timedelta(minutes=15), names: int = 10_000
    ) -> None:
        self._tries = tries
        self._window = window
        self._names = names
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait_seconds(self, name: str, now: datetime) -> int:
        """Give how long this name must wait before it may try again; 0 when it may now."""
        with self._lock:
            failed = self._recent(name, now)
            if len(failed) < self._tries:
                return 0
            return max(1, int((failed[-self._tries] + self._window - now).total_seconds()))

    def failed(self, name: str, now: datetime) -> None:
        """Count one wrong try."""
        with self._lock:
            self._failed[self._key(name)] = [*self._recent(name, now), now][-self._tries :]
            self._failed.move_to_end(self._key(name))
            while len(self._failed) > self._names:
                self._failed.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the wrong tries of a name."""
        with self._lock:
            self._failed.pop(self._key(name), None)

    def _recent(self, name: str, now: datetime) -> list[datetime]:
        return [at for at in self._failed.get(self._key(name), ()) if now - at < self._window]

    @staticmethod
    def _key(name: str) -> str:
        # Long names cost memory for nothing; no account has one.
        return name.strip().casefold()[:200]
