"""
Requests per key and minute, counted exactly across all worker processes of one machine.

Counts only; knows no HTTP and decides on no key.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from moderation.errors import ConfigError

__all__ = ["WINDOW_SECONDS", "Limits", "Usage"]

WINDOW_SECONDS = 60

_SLOT = struct.Struct("=QII")  # mark of the key, number of the window, requests in it
_SLOTS = 65536
# More keys than this in one minute would be let through uncounted; 65,536 slots are 1 MiB.


@dataclass(frozen=True, slots=True)
class Usage:
    """
    How a key stands in the current window.

    Attributes:
        limit: requests allowed in a window.
        remaining: requests left in this one.
        resets_in_seconds: until the next window, 1..60.
        allowed: whether this request is within the limit.
    """

    limit: int
    remaining: int
    resets_in_seconds: int
    allowed: bool


class Limits:
    """
    Fixed-window counters in a file that every worker maps into its memory.

    The table is open-addressed: a slot of an earlier window is free. All windows begin at the same
    moment, so within one window a slot once taken stays taken and a search may stop at the first
    free slot.

    Args:
        path: made when missing; one file for all workers of an installation.

    Raises:
        ConfigError: the file cannot be made; `field` is ``var_dir``.
    """

    def __init__(self, path: Path) -> None:
        size = _SLOT.size * _SLOTS
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.fstat(self._file).st_size < size:
                os.ftruncate(self._file, size)
            self._table = mmap.mmap(self._file, size)
        except OSError as error:
            message = f"{path} cannot be written: {error.strerror}"
            raise ConfigError(message, field="var_dir") from error
        self._threads = threading.Lock()

    def count(self, key_id: str, per_minute: int, now_seconds: float) -> Usage:
        """
        Count one request of a key.

        Args:
            per_minute: the key's limit, 1 or more; keys without a limit are not counted at all.
            now_seconds: since the epoch.
        """
        window, since = divmod(int(now_seconds), WINDOW_SECONDS)
        mark = int.from_bytes(blake2b(key_id.encode(), digest_size=8).digest(), "little")
        # The file lock keeps processes apart; it is one for the whole process, hence the other.
        with self._threads:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                used = self._add(mark, window)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        return Usage(
            limit=per_minute,
            remaining=max(0, per_minute - used),
            resets_in_seconds=WINDOW_SECONDS - since,
            allowed=used <= per_minute,
        )

    def close(self) -> None:
        """Unmap the file; the counts stay for the other workers."""
        self._table.close()
        os.close(self._file)

    def _add(self, mark: int, window: int) -> int:
        table = self._table
        for step in range(_SLOTS):
            at = (mark + step) % _SLOTS * _SLOT.size
            slot: tuple[int, int, int] = _SLOT.unpack_from(table, at)
            if slot[1] == window and slot[0] != mark:
                continue
            used = min(slot[2] + 1, 0xFFFFFFFF) if slot[1] == window else 1
            _SLOT.pack_into(table, at, mark, window, used)
            return used
        return 0
