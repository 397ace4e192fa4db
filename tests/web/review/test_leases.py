"""What the script of an open case sends, and which pages have that script."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from moderation.store import StoredComment
from moderation.terms import Action
from tests.reviewing import Desk
from tests.web.review.browsing import TOKEN, Browser, signed_in


def attribute(page: str, name: str) -> str:
    """Give a data attribute of the verdict form."""
    found = re.search(rf'<form[^>]* data-{name}="([^"]+)"', page)
    assert found, name
    return found[1]


def ask(browser: Browser, page: str, what: str, **fields: str) -> TestResponse:
    """Send what the script sends."""
    token = TOKEN.search(page)
    assert token
    return browser.client.post(attribute(page, what), data={"csrf_token": token[1], **fields})


def opened(browser: Browser, held: StoredComment) -> str:
    """Open a comment and give its page."""
    return browser.get(f"/review/comments/{held.id}").text


def test_the_lease_is_renewed_and_its_end_told(app: Flask, desk: Desk, anna: Browser) -> None:
    """The answer says until when, which is what giving back has to name."""
    held = desk.hold()
    page = opened(anna, held)
    desk.clock.forward(seconds=100)
    answer = ask(anna, page, "lease")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text > attribute(page, "leased-until")
    desk.clock.forward(seconds=100)
    ben = signed_in(app, desk, "ben")
    assert "looks at this" in opened(ben, held)
    assert ask(anna, page, "release", until=attribute(page, "leased-until")).status_code == 204
    assert "looks at this" in opened(ben, held)
    assert ask(anna, page, "release", until=answer.text).status_code == 204
    assert "looks at this" not in opened(ben, held)


def test_what_another_has_or_is_settled_is_a_conflict(
    app: Flask, desk: Desk, anna: Browser
) -> None:
    """The script learns by the status that it need not ask again."""
    held = desk.hold()
    page = opened(anna, held)
    desk.clock.forward(minutes=3)
    ben = signed_in(app, desk, "ben")
    theirs = opened(ben, held)
    assert ask(anna, page, "lease").status_code == 409
    ben.judge(held.id, "approve")
    assert ask(ben, theirs, "lease").status_code == 409


@pytest.mark.parametrize("what", ["lease", "release"])
def test_neither_is_done_without_a_token(desk: Desk, anna: Browser, what: str) -> None:
    """Another site's page cannot keep a case, or take it away."""
    page = opened(anna, desk.hold())
    sent = {"until": attribute(page, "leased-until")}
    assert anna.client.post(attribute(page, what), data=sent).status_code == 400


@pytest.mark.parametrize("until", ["", "soon", "2026-11-03T12:00:00"])
def test_a_lease_must_be_named_to_be_given_back(desk: Desk, anna: Browser, until: str) -> None:
    """A moment that cannot be one of ours is refused."""
    assert ask(anna, opened(anna, desk.hold()), "release", until=until).status_code == 400


def test_only_a_page_that_holds_a_lease_may_send_requests(
    app: Flask, desk: Desk, anna: Browser
) -> None:
    """Its policy names the one permission more; a settled case and a colleague's have neither."""
    held, settled = desk.hold(), desk.hold("fine", action=Action.APPROVE)
    ben = signed_in(app, desk, "ben")
    answer = anna.get(f"/review/comments/{held.id}")
    assert "lease.js" in answer.text
    assert answer.headers["Content-Security-Policy"].endswith("; connect-src 'self'")
    for other in (
        anna.get(f"/review/comments/{settled.id}"),
        ben.get(f"/review/comments/{held.id}"),
    ):
        assert "lease.js" not in other.text
        assert "data-lease" not in other.text
        assert "connect-src" not in other.headers["Content-Security-Policy"]
