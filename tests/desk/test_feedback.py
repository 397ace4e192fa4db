"""Reports from outside: found by id or content, weighed by the key, learned from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moderation.desk.feedback import Feedback, Taken, take_feedback
from moderation.store import StoredComment
from moderation.store.reports import REPORTED
from moderation.terms import (
    Article,
    Author,
    CaseKind,
    Comment,
    Key,
    Scope,
    Status,
    VerdictAction,
    VerdictLabel,
)
from moderation.training.labels import REPORT_WEIGHT, rows_from_labels
from moderation.training.rows import Row
from moderation.web.rooms import Rooms
from tests.fakes import NOON, make_rooms

APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT
SPAM, NOT_SPAM = VerdictLabel.SPAM, VerdictLabel.NOT_SPAM
SITE = Key(id="k1", name="site", scopes=frozenset({Scope.SCORE}))
MODERATOR = Key(id="k2", name="moderator", scopes=frozenset({Scope.SCORE, Scope.MODERATE}))
TEXT = "Cheap watches for everyone, write to me today"
ANA, BEN = Author(email="ana@example.com"), Author(email="ben@example.com")


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """Give rooms around a fixed model and a new store."""
    made = make_rooms(tmp_path)
    yield made
    made.store.close()


def comment(text: str = TEXT, **more: Any) -> Comment:
    return Comment(text=text, **{"received_at": NOON, **more})


def send(rooms: Rooms, text: str = TEXT, *, spam: float = 0.02, **more: Any) -> StoredComment:
    """Send a comment as a site would."""
    rooms.live.model.scores = {"spam": spam}  # type: ignore[attr-defined]
    return rooms.desk.receive(comment(text, **more)).stored


def say(
    rooms: Rooms,
    key: Key,
    action: VerdictAction = REJECT,
    *labels: VerdictLabel,
    id: str | None = None,
    text: str = TEXT,
    **more: Any,
) -> Taken:
    """Report a comment."""
    named = labels or ((SPAM,) if action is REJECT else (NOT_SPAM,))
    said = Feedback(comment(text, **more), action, named, comment_id=id)
    taken = take_feedback(rooms.desk, rooms.store, said, key=key)
    assert taken is not None
    return taken


def learned(rooms: Rooms) -> list[Row]:
    """Give the rows training would get."""
    return [
        *rows_from_labels(rooms.store.verdicts.labels()),
        *rows_from_labels(rooms.store.reports.labels()),
    ]


def test_a_moderators_key_gives_a_verdict(rooms: Rooms) -> None:
    """It settles the held comment, and teaches at full weight."""
    held = send(rooms, spam=0.8)
    taken = say(rooms, MODERATOR, id=held.id)
    assert (taken.stored.id, taken.created, taken.settled) == (held.id, False, True)
    assert taken.stored.status is Status.REJECTED
    assert taken.stored.case is not None
    assert taken.stored.case.settled_at == NOON
    (row,) = learned(rooms)
    assert (row.source, row.spam, row.weight) == ("labels", True, 1.0)


def test_a_sites_key_settles_nothing(rooms: Rooms) -> None:
    """A held comment stays held, waits before the others, and teaches at a lower weight."""
    held = send(rooms, spam=0.8)
    assert held.case is not None
    taken = say(rooms, SITE, id=held.id)
    assert (taken.created, taken.settled) == (False, False)
    now = rooms.store.comments.get(held.id)
    assert (now.status, now.verdicts) == (Status.HELD, ())
    assert now.case is not None
    assert now.case.settled_at is None
    assert now.case.version == held.case.version
    assert now.case.priority > held.case.priority
    assert [(r.actor, r.action, r.labels) for r in now.reports] == [("key:k1", REJECT, (SPAM,))]
    (row,) = learned(rooms)
    assert (row.source, row.spam, row.toxicity) == ("reports", True, None)
    assert row.weight == REPORT_WEIGHT < 1


@pytest.mark.parametrize(
    ("spam", "action", "opens"),
    [(0.02, REJECT, True), (0.02, APPROVE, False), (0.99, APPROVE, True), (0.99, REJECT, False)],
)
def test_a_report_of_the_opposite_brings_the_comment_to_a_person(
    rooms: Rooms, spam: float, action: VerdictAction, opens: bool
) -> None:
    """What the machine settled comes to the queue when a site disagrees, and stands until then."""
    sent = send(rooms, spam=spam)
    say(rooms, SITE, action, id=sent.id)
    now = rooms.store.comments.get(sent.id)
    assert now.status is sent.status
    entries, _ = rooms.store.cases.queue(site="default")
    if not opens:
        assert (entries, now.case) == ([], None)
        return
    assert [(e.case.kind, e.case.reason) for e in entries] == [(CaseKind.REPORT, REPORTED)]
    assert now.case == entries[0].case


def test_a_second_report_opens_no_second_case(rooms: Rooms) -> None:
    """However many say so, one case waits."""
    sent = send(rooms)
    for _ in range(3):
        say(rooms, SITE, id=sent.id)
    assert rooms.store.cases.count(site="default") == 1
    assert len(rooms.store.comments.get(sent.id).reports) == 3


def test_a_report_never_outranks_a_verdict(rooms: Rooms) -> None:
    """After a moderator has judged, a report is kept, opens nothing and teaches nothing."""
    sent = send(rooms)
    say(rooms, MODERATOR, APPROVE, id=sent.id)
    say(rooms, SITE, REJECT, id=sent.id)
    now = rooms.store.comments.get(sent.id)
    assert now.status is Status.APPROVED
    assert len(now.reports) == 1
    assert rooms.store.cases.count(site="default") == 0
    (row,) = learned(rooms)
    assert (row.source, row.spam) == ("labels", False)


def test_not_spam_says_nothing_of_toxicity(rooms: Rooms) -> None:
    """Somebody who takes a comment out of the spam folder was not asked whether it insults."""
    sent = send(rooms)
    say(rooms, MODERATOR, APPROVE, NOT_SPAM, id=sent.id)
    (row,) = learned(rooms)
    assert (row.spam, row.toxicity, row.kinds) == (False, None, None)
    say(rooms, MODERATOR, REJECT, SPAM, VerdictLabel.NOT_TOXIC, id=sent.id)
    (row,) = learned(rooms)
    assert (row.spam, row.toxicity, row.kinds) == (True, False, frozenset())


@pytest.mark.parametrize("shape", [str.upper, lambda id: f"{id[:8]}-{id[8:]} "])
def test_an_id_is_found_as_others_write_it(rooms: Rooms, shape: Any) -> None:
    """Capitals and hyphens, as in a GUID, lead to the same comment."""
    sent = send(rooms)
    assert say(rooms, SITE, id=shape(sent.id), text="").stored.id == sent.id


def test_content_leads_to_the_comment(rooms: Rooms) -> None:
    """Without an id, author and page decide which of several copies is meant."""
    first = send(rooms, author=ANA, article=Article(url="https://news.example/a"))
    page = Article(url="https://news.example/b")
    second = send(rooms, author=ANA, article=page, received_at=NOON + timedelta(minutes=1))
    other = send(rooms, author=BEN, article=Article(url="https://news.example/a"))
    page = Article(url="http://news.example/a/")
    assert say(rooms, SITE, author=ANA, article=page).stored.id == first.id
    assert say(rooms, SITE, author=BEN).stored.id == other.id
    # Of one author's the newest, however it is spelled.
    assert say(rooms, SITE, author=ANA, text=TEXT.upper()).stored.id == second.id
    assert say(rooms, SITE, author=ANA, id="f" * 32).stored.id == second.id


def test_nobody_elses_comment_is_meant(rooms: Rooms) -> None:
    """A copy by another author, or on another site, is left alone; so is one of several."""
    sent = send(rooms, author=ANA)
    send(rooms, author=BEN)
    stranger = say(rooms, MODERATOR, author=Author(email="cem@example.com"))
    assert stranger.created
    unclear = say(rooms, MODERATOR)
    assert unclear.created
    abroad = Key(id="k3", name="other", scopes=frozenset(Scope), site="other")
    assert say(rooms, abroad, id=sent.id, site="other", author=ANA).created
    assert rooms.store.comments.get(sent.id).verdicts == ()


def test_a_comment_that_was_never_sent_is_stored_to_teach(rooms: Rooms) -> None:
    """Its text is learned from; it waits for nobody and is no record of its author."""
    taken = say(rooms, SITE, author=ANA)
    assert taken.created
    assert taken.stored.comment.text == TEXT
    assert (taken.stored.status, taken.stored.case) == (Status.HELD, None)
    assert rooms.store.cases.count(site=None) == 0
    (row,) = learned(rooms)
    assert (row.text, row.spam) == (TEXT, True)
    # Said again, it is the same one.
    assert not say(rooms, SITE, author=ANA).created


def test_a_moderators_key_teaches_a_new_comment_at_full_weight(rooms: Rooms) -> None:
    """It is stored and settled, without a case."""
    taken = say(rooms, MODERATOR)
    assert (taken.created, taken.settled) == (True, True)
    assert (taken.stored.status, taken.stored.case) == (Status.REJECTED, None)
    (row,) = learned(rooms)
    assert (row.source, row.weight) == ("labels", 1.0)


def test_without_text_there_is_nothing_to_learn(rooms: Rooms) -> None:
    """A report that leads nowhere and brings no text changes nothing."""
    said = Feedback(comment(" "), REJECT, (SPAM,), comment_id="0" * 32)
    assert take_feedback(rooms.desk, rooms.store, said, key=MODERATOR) is None
    assert list(rooms.store.comments.all()) == []


def test_an_erased_comment_teaches_nothing(rooms: Rooms) -> None:
    """A report stays as a count of what happened; the text is gone and is not learned from."""
    sent = send(rooms)
    say(rooms, SITE, id=sent.id)
    rooms.store.comments.delete(sent.id, site=None, actor="key:k2", now=NOON)
    assert learned(rooms) == []
