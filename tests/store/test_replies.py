"""
Tests of replies to clients that know only "spam or not", on both databases.

Mirrors `moderation/store/replies.py` and `moderation/store/correcting.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from moderation.store import Correction, NewComment, NewReply, Store, Tally
from moderation.terms import VerdictAction, VerdictLabel
from tests.settling import settle

APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT
HOOK = "https://blog.example/hook"
Make = Callable[..., NewComment]


def add(store: Store, make: Make, reply: NewReply, *, key: str = "k1", **more: object) -> str:
    return store.comments.add(make(reply=reply, key_id=key, **more))[0].id


def report(store: Store, id: str, action: VerdictAction, now: datetime) -> None:
    labels = (VerdictLabel.SPAM,) if action is REJECT else (VerdictLabel.NOT_SPAM,)
    store.reports.add(id, site=None, actor="key:k1", action=action, labels=labels, now=now)


def due(store: Store, now: datetime) -> list[Correction]:
    return store.replies.due(now, limit=10, lease_seconds=60)


def test_replies_are_counted_by_stretches_of_time(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Each in the stretch it was given in, of the site, key and address asked for."""
    days = [now + timedelta(days=day) for day in range(4)]
    plan = [
        (0, REJECT, "https://blog.example/", "k1", "default"),
        (0, APPROVE, "http://blog.example", "k1", "default"),
        (1, APPROVE, "https://other.example/", "k1", "default"),
        (1, APPROVE, "", "k2", "default"),
        (1, REJECT, "https://blog.example/", "k3", "elsewhere"),
    ]
    for day, action, origin, key, site in plan:
        reply = NewReply(action, origin)
        add(store, new_comment, reply, key=key, site=site, received_at=days[day])
    tallies = store.replies.tallies
    assert tallies(days, site="default") == [Tally(1, 1), Tally(0, 2), Tally()]
    assert tallies(days, site="default", key_id="k1") == [Tally(1, 1), Tally(0, 1), Tally()]
    blog = "HTTP://blog.example/#top"
    assert tallies(days, site="default", origin=blog) == [Tally(1, 1), Tally(), Tally()]
    assert tallies(days[:1], site="default") == []
    by_origin = store.replies.by_origin(days[0], days[3], site="default", key_id="k1")
    assert by_origin == [("blog.example", Tally(1, 1)), ("other.example", Tally(0, 1))]
    assert store.replies.first_at(site="default") == now
    assert store.replies.first_at(site="nowhere") is None


def test_verdicts_and_reports_count_as_mistakes(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Spam that was missed, and what was called spam wrongly; the newest word counts."""
    spam, ham, taken_back, fine = (
        add(store, new_comment, NewReply(action)) for action in (REJECT, APPROVE, APPROVE, APPROVE)
    )
    settle(store, spam, APPROVE, now)
    report(store, ham, REJECT, now)
    settle(store, taken_back, REJECT, now)
    settle(store, taken_back, APPROVE, now)
    settle(store, fine, APPROVE, now)
    # After a verdict, a report changes nothing.
    report(store, fine, REJECT, now)
    span = [now, now + timedelta(days=1)]
    (tally,) = store.replies.tallies(span, site="default")
    assert tally == Tally(spam=1, ham=3, missed_spam=1, false_positives=1)
    assert tally.total == 4


def test_a_correction_is_due_once_a_verdict_says_otherwise(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """It is taken by one, comes back when nothing is heard of it, and ends when it is told."""
    id = add(store, new_comment, NewReply(APPROVE, "", HOOK, "secret"), held=0.5)
    assert due(store, now) == []
    settle(store, id, APPROVE, now)
    assert due(store, now) == []
    settle(store, id, REJECT, now)
    (first,) = due(store, now)
    assert first == Correction(id, REJECT, HOOK, "secret", tries=1)
    assert due(store, now + timedelta(seconds=59)) == []
    (again,) = due(store, now + timedelta(seconds=61))
    assert again.tries == 2
    store.replies.told(again, now=now)
    assert due(store, now + timedelta(days=1)) == []
    # What the client knows now is what counts.
    settle(store, id, REJECT, now)
    assert due(store, now + timedelta(days=1)) == []
    settle(store, id, APPROVE, now)
    assert [each.action for each in due(store, now)] == [APPROVE]


def test_a_correction_taken_back_is_not_sent(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Before it went out; and when it is taken back while it goes out, that is told as well."""
    id = add(store, new_comment, NewReply(APPROVE, "", HOOK, "secret"))
    settle(store, id, REJECT, now)
    settle(store, id, APPROVE, now)
    assert due(store, now) == []
    settle(store, id, REJECT, now)
    (under_way,) = due(store, now)
    settle(store, id, APPROVE, now)
    store.replies.told(under_way, now=now)
    assert [each.action for each in due(store, now)] == [APPROVE]


def test_a_correction_can_be_tried_later_or_given_up(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """A newer correction is not held up by the failure of an older one."""
    id = add(store, new_comment, NewReply(APPROVE, "", HOOK, "secret"))
    settle(store, id, REJECT, now)
    (first,) = due(store, now)
    later = now + timedelta(minutes=5)
    store.replies.retry(first, at=later)
    assert due(store, later - timedelta(seconds=1)) == []
    (second,) = due(store, later)
    assert second.tries == 2
    store.replies.retry(second, at=None)
    assert due(store, now + timedelta(days=9)) == []
    settle(store, id, REJECT, now)
    store.replies.retry(second, at=None)
    assert [each.tries for each in due(store, now)] == [1]


def test_without_a_callback_nothing_is_ever_due(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Nor after a report, nor once the callback was forgotten or the comment erased."""
    plain = add(store, new_comment, NewReply(APPROVE))
    settle(store, plain, REJECT, now)
    hook = NewReply(APPROVE, "", HOOK, "secret")
    reported, old, erased = (add(store, new_comment, hook) for _ in range(3))
    report(store, reported, REJECT, now)
    assert due(store, now) == []
    for id in (old, erased):
        settle(store, id, REJECT, now)
    store.comments.delete(erased, site=None, actor="key:k1", now=now)
    assert store.replies.forget_callbacks(before=now) == 0
    assert store.replies.forget_callbacks(before=now + timedelta(seconds=1)) == 2
    assert due(store, now + timedelta(days=1)) == []
    # The counts stay.
    (tally,) = store.replies.tallies([now, now + timedelta(days=1)], site="default")
    assert tally == Tally(ham=4, missed_spam=4)
