"""
Tests of ids.

Mirrors `moderation/store/ids.py`.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from moderation.store.ids import lot, new_id

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_ids_are_version_7_uuids() -> None:
    """An id is the hex form of a UUID that says it is version 7."""
    made = uuid.UUID(hex=new_id(NOW))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_ids_sort_by_their_moment() -> None:
    """A later moment gives a larger id; extreme ones are still 32 digits."""
    moments = [datetime(1960, 1, 1, tzinfo=UTC), NOW, NOW + timedelta(milliseconds=1)]
    moments.append(datetime(9999, 12, 31, tzinfo=UTC))
    ids = [new_id(moment) for moment in moments]
    assert ids == sorted(ids)
    assert {len(id) for id in ids} == {32}


def test_ids_of_one_moment_differ() -> None:
    """Many ids of one moment are all different."""
    assert len({new_id(NOW) for _ in range(10_000)}) == 10_000


def test_lots_are_fixed_and_evenly_spread() -> None:
    """An id draws the same lot for ever; ids of one moment draw all over the range."""
    assert lot("01a2052ee50a77efb568c4dfe888441f") == 0.5759331785302173
    lots = sorted(lot(new_id(NOW)) for _ in range(10_000))
    assert 0 <= lots[0] < 0.01
    assert 0.99 < lots[-1] < 1
    # The largest distance from an even spread; by chance it is below .02 all but once in 1,000.
    assert max(abs(value - number / 10_000) for number, value in enumerate(lots)) < 0.03
