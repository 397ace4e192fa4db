"""How many wrong passwords one name may try."""

from __future__ import annotations

from datetime import timedelta

from moderation.web.review.throttle import Throttle
from tests.fakes import NOON


def test_a_name_may_try_a_few_times_and_then_waits() -> None:
    """The limit is reached by wrong tries, and the wait ends with the window."""
    throttle = Throttle(tries=3, window=timedelta(minutes=15))
    for minute in range(3):
        assert throttle.wait_seconds("Anna", NOON) == 0
        throttle.failed("Anna", NOON + timedelta(minutes=minute))
    assert throttle.wait_seconds("anna ", NOON + timedelta(minutes=2)) == 13 * 60
    assert throttle.wait_seconds("anna", NOON + timedelta(minutes=15)) == 0


def test_names_are_counted_apart() -> None:
    """One name's wrong tries do not lock out another."""
    throttle = Throttle(tries=1)
    throttle.failed("anna", NOON)
    assert throttle.wait_seconds("ben", NOON) == 0


def test_success_forgets() -> None:
    """The right password clears the count."""
    throttle = Throttle(tries=1)
    throttle.failed("anna", NOON)
    throttle.succeeded("ANNA")
    assert throttle.wait_seconds("anna", NOON) == 0


def test_memory_is_bounded() -> None:
    """A flood of names makes it forget the longest unused ones."""
    throttle = Throttle(tries=1, names=2)
    for name in ("a", "b", "c"):
        throttle.failed(name, NOON)
    assert [throttle.wait_seconds(name, NOON) > 0 for name in "abc"] == [False, True, True]
