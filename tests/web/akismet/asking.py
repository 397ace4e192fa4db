"""Asks as clients of the Akismet protocol do, and looks at the very bytes that come back."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from moderation.store import StoredComment
from tests.fakes import Service

KEY, SCORES_KEY = "0123456789ab", "feedfeedfeed"
BLOG = "https://blog.example/"
THANKS = "Thanks for making the web a better place."
TEXT = "My street was closed for a year, and the shops went one by one."


def call(site: Service, name: str, key: str | None = KEY, **fields: Any) -> TestResponse:
    """Send a call as a form; `key` goes into `api_key`."""
    fields = {"blog": BLOG, "user_ip": "192.0.2.7", **fields}
    if key is not None:
        fields = {"api_key": key, **fields}
    data = {name: value for name, value in fields.items() if value is not None}
    site.clock.forward(seconds=90)
    return site.client.post(f"/1.1/{name}", data=data)


def check(site: Service, spam: float = 0.02, **fields: Any) -> TestResponse:
    """Check a comment that the model gives this score."""
    site.model.scores = {"spam": spam}
    return call(site, "comment-check", **{"comment_content": TEXT, **fields})


def stored(site: Service, answer: TestResponse) -> StoredComment:
    """Give the comment that an answer leads to."""
    return site.rooms.store.comments.get(answer.headers["X-akismet-guid"])


def all_comments(site: Service) -> list[StoredComment]:
    return list(site.rooms.store.comments.all())


def assert_plain(answer: TestResponse, body: str, status: int = 200) -> None:
    """The very bytes, as text, with a length and without help."""
    assert (answer.status_code, answer.data) == (status, body.encode())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(body))
    assert "Transfer-Encoding" not in answer.headers
    if status == 200 and body != "invalid":
        assert not [h for h in answer.headers.keys() if "debug" in h or "alert" in h]


def assert_trouble(answer: TestResponse, body: str, status: int = 200) -> None:
    """Neither of the usual answers, with help for people."""
    assert (answer.status_code, answer.text) == (status, body)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-akismet-debug-help"]
    assert ("X-akismet-error" in answer.headers) == (status != 200)
