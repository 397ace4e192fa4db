"""Corrections sent to clients: to whom, when, how often, and to whom never."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from moderation.desk.results import Asked
from moderation.store import StoredComment
from moderation.terms import Comment, VerdictAction
from moderation.web.akismet import callback_body
from moderation.web.callbacks import KEPT, Callbacks
from moderation.web.rooms import Rooms
from tests.fakes import NOON, Clock, make_rooms
from tests.serving import serving
from tests.settling import settle

APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT


@dataclass
class Hook:
    """A site's webhook: answers with `statuses`, one after the other, the last one for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    heard: list[dict[str, object]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Serve a webhook on this machine."""
    made = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            made.heard.append(json.loads(self.rfile.read(length)))
            status = made.statuses.pop(0) if len(made.statuses) > 1 else made.statuses[0]
            self.send_response(status)
            self.send_header("Location", made.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as place:
        made.url = f"http://{place}/hook"
        yield made


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """Give rooms around a fixed model and a clock that stands."""
    made = make_rooms(tmp_path)
    yield made
    made.store.close()


def sender(rooms: Rooms, *, trusted: frozenset[str] = frozenset({"127.0.0.1"})) -> Callbacks:
    return Callbacks(
        rooms.store,
        body_of=callback_body,
        now=rooms.now,
        trusted=trusted,
        timeout_seconds=2,
        pause_seconds=0.01,
    )


def ask(rooms: Rooms, url: str) -> StoredComment:
    """Have a comment checked by a client that wants to hear of corrections."""
    asked = Asked(origin="https://blog.example/", callback_url=url, callback_key="0123456789ab")
    comment = Comment(text="Cheap watches", received_at=NOON)
    return rooms.desk.receive(comment, key_id="k1", asked=asked).stored


def judge(rooms: Rooms, stored: StoredComment, action: VerdictAction) -> None:
    settle(rooms.store, stored.id, action, rooms.now())


def clock(rooms: Rooms) -> Clock:
    assert isinstance(rooms.now, Clock)
    return rooms.now


def test_a_verdict_that_says_otherwise_is_told_once(rooms: Rooms, hook: Hook) -> None:
    """With key, guid and what is true now; taking it back is told as well."""
    stored = ask(rooms, hook.url)
    callbacks = sender(rooms)
    judge(rooms, stored, APPROVE)
    assert callbacks.send_due() == 0
    judge(rooms, stored, REJECT)
    assert callbacks.send_due() == 1
    assert callbacks.send_due() == 0
    judge(rooms, stored, APPROVE)
    assert callbacks.send_due() == 1
    assert hook.heard == [
        {
            "key": "0123456789ab",
            "endpoint": "comment-check",
            "comments": [{"guid": stored.id, "result": result}],
        }
        for result in ("true", "false")
    ]


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_does_not_arrive_is_tried_again_and_then_given_up(
    rooms: Rooms, hook: Hook, status: int
) -> None:
    """Later and later, seven times in all; a redirect is not followed."""
    hook.statuses = [status]
    judge(rooms, ask(rooms, hook.url), REJECT)
    callbacks = sender(rooms)
    assert callbacks.send_due() == 0
    clock(rooms).forward(seconds=59)
    callbacks.send_due()
    assert len(hook.heard) == 1
    for _ in range(20):
        clock(rooms).forward(hours=25)
        callbacks.send_due()
    assert len(hook.heard) == 7


def test_a_site_that_was_away_hears_of_it_later(rooms: Rooms, hook: Hook) -> None:
    """The second try arrives, and is the last."""
    hook.statuses = [503, 200]
    judge(rooms, ask(rooms, hook.url), REJECT)
    callbacks = sender(rooms)
    assert callbacks.send_due() == 0
    clock(rooms).forward(minutes=1)
    assert callbacks.send_due() == 1
    clock(rooms).forward(days=1)
    assert callbacks.send_due() == 0


def test_a_private_address_hears_nothing(rooms: Rooms, hook: Hook) -> None:
    """Nothing is sent to a network of ours, now or later, unless its host is trusted."""
    judge(rooms, ask(rooms, hook.url), REJECT)
    callbacks = sender(rooms, trusted=frozenset())
    assert callbacks.send_due() == 0
    clock(rooms).forward(days=2)
    assert callbacks.send_due() == 0
    assert sender(rooms).send_due() == 0
    assert hook.heard == []


def test_after_a_while_nobody_is_told_and_the_key_is_forgotten(rooms: Rooms, hook: Hook) -> None:
    """What a client is not told within a month it need not hear, and its key is kept no longer."""
    stored = ask(rooms, hook.url)
    callbacks = sender(rooms)
    callbacks.send_due()
    clock(rooms).forward(seconds=KEPT.total_seconds() + 1)
    callbacks.send_due()
    judge(rooms, stored, REJECT)
    assert callbacks.send_due() == 0
    assert hook.heard == []


def test_the_thread_sends_by_itself_and_outlives_surprises(rooms: Rooms, hook: Hook) -> None:
    """A body that cannot be made is a failure of one look, not of all."""
    stored = ask(rooms, hook.url)
    judge(rooms, stored, REJECT)
    arrived = threading.Event()
    broken = [ValueError("no")]

    def body_of(correction):
        if broken:
            # As if three minutes passed, when what was taken comes back.
            clock(rooms).forward(minutes=4)
            raise broken.pop()
        arrived.set()
        return callback_body(correction)

    callbacks = Callbacks(
        rooms.store,
        body_of=body_of,
        now=rooms.now,
        trusted=frozenset({"127.0.0.1"}),
        pause_seconds=0.01,
    )
    callbacks.start()
    assert arrived.wait(10)
    callbacks.stop()
    callbacks.stop()
    assert len(hook.heard) == 1
