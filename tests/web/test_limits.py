"""Requests per key and minute, exact across threads and processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from moderation.errors import ConfigError
from moderation.web.limits import Limits

NOON = 1_772_366_400.0  # The first second of a minute.


@pytest.fixture
def limits(tmp_path: Path) -> Iterator[Limits]:
    """Give counters in a new file."""
    made = Limits(tmp_path / "limits")
    yield made
    made.close()


def test_the_limit_is_exact(limits: Limits) -> None:
    """The last allowed request passes, the next does not, and the minute's end is said."""
    usages = [limits.count("a", 3, NOON + 20) for _ in range(4)]
    assert [usage.allowed for usage in usages] == [True, True, True, False]
    assert [usage.remaining for usage in usages] == [2, 1, 0, 0]
    assert usages[0].resets_in_seconds == 40
    assert usages[0].limit == 3


def test_the_next_minute_begins_anew(limits: Limits) -> None:
    """What was used up is given back when the window ends."""
    assert not [limits.count("a", 1, NOON) for _ in range(2)][1].allowed
    assert not limits.count("a", 1, NOON + 59.9).allowed
    assert limits.count("a", 1, NOON + 60).allowed


def test_keys_do_not_share(limits: Limits) -> None:
    """A thousand keys in the same minute are counted apart."""
    for round_ in (1, 2):
        for n in range(1000):
            usage = limits.count(f"key-{n}", 2, NOON)
            assert usage.remaining == 2 - round_
    assert not limits.count("key-7", 2, NOON).allowed


def test_threads_and_handles_share_one_count(tmp_path: Path) -> None:
    """Two workers' handles on one file and many threads lose no request."""
    both = [Limits(tmp_path / "limits") for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        used = pool.map(lambda n: both[n % 2].count("a", 10_000, NOON).remaining, range(400))
        assert sorted(used) == list(range(9_600, 10_000))
    for limits in both:
        limits.close()


def count_many(path: Path, times: int) -> int:
    """Count in another process; give how many passed."""
    limits = Limits(path)
    passed = sum(limits.count("a", 150, NOON).allowed for _ in range(times))
    limits.close()
    return passed


def test_processes_share_one_count(tmp_path: Path) -> None:
    """Of 200 requests over two processes exactly the 150 allowed ones pass."""
    path = tmp_path / "limits"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        passed = pool.starmap(count_many, [(path, 100), (path, 100)])
        pool.close()
        pool.join()
    assert sum(passed) == 150


def test_a_folder_that_cannot_be_written_is_a_setting(tmp_path: Path) -> None:
    """The error names what to change."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Limits(blocked / "limits")
    assert caught.value.field == "var_dir"
