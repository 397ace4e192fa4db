"""Answers to the byte, and what clients read where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.errors import StoreError
from moderation.terms import Scope, Status
from moderation.web.akismet import callback_body
from tests.fakes import NOON, Service, make_service
from tests.web.akismet.asking import (
    BLOG,
    KEY,
    TEXT,
    THANKS,
    all_comments,
    assert_plain,
    assert_trouble,
    call,
    check,
    stored,
)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("verify-key", "valid"),
        ("comment-check", "false"),
        ("submit-spam", THANKS),
        ("submit-ham", THANKS),
        ("deactivate", "deactivated"),
        ("test", "connected"),
    ],
)
def test_plain_answers_are_exact(site: Service, version: str, name: str, body: str) -> None:
    """No line end, not chunked, nothing of help or alerts on a success; under both versions."""
    data = {"api_key": KEY, "blog": BLOG, "user_ip": "1.2.3.4", "comment_content": TEXT}
    assert_plain(site.client.post(f"/{version}/{name}", data=data), body)


def test_the_word_of_thanks_has_41_bytes(site: Service) -> None:
    """Clients compare it whole."""
    assert len(call(site, "submit-spam", comment_content=TEXT).data) == 41


@pytest.mark.parametrize(
    "name",
    [
        "verify-key",
        "comment-check",
        "submit-spam",
        "submit-ham",
        "usage-limit",
        "key-sites",
        "get-subscription",
        "get-stats",
        "token",
        "deactivate",
    ],
)
@pytest.mark.parametrize(
    "key", [None, "", "000000000000", "0123456789a", "\x00", "ключ", "a" * 999]
)
def test_a_bad_key_is_invalid_everywhere(site: Service, name: str, key: str | None) -> None:
    """Status 200 and one word, with the reason for people; nothing is stored or learned."""
    assert_trouble(call(site, name, key, comment_content=TEXT), "invalid")
    assert all_comments(site) == []


def test_a_revoked_or_weaker_key_is_invalid(site: Service) -> None:
    """So is a key that may do other things only."""
    accounts = site.rooms.store.accounts
    other, _ = accounts.add_key(name="x", scopes={Scope.ADMIN}, secret="adadadadadad", now=NOON)
    assert_trouble(call(site, "verify-key", "adadadadadad"), "invalid")
    gone, _ = accounts.add_key(name="y", scopes={Scope.SCORE}, secret="dededededede", now=NOON)
    accounts.revoke_key(gone.id, now=NOON)
    assert_trouble(call(site, "verify-key", "dededededede"), "invalid")
    assert other.id != gone.id


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_told_which_to_use(site: Service, method: str) -> None:
    """No page in HTML, but the protocol's word with the method in the help."""
    answer = site.client.open(f"/1.1/comment-check?api_key={KEY}", method=method)
    assert_trouble(answer, "invalid", 405)
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/1.1/verify-wpcom-key", "/1.2/", "/1.1/x/y", "/1.1/comment-check/"]
)
def test_a_call_that_there_is_not(site: Service, path: str) -> None:
    """404, in the protocol's words where the address begins like one of its calls."""
    answer = site.client.post(path, data={"api_key": KEY})
    assert answer.status_code == 404
    assert "html" not in answer.content_type
    if path != "/1.2/":
        assert_trouble(answer, "invalid", 404)


def test_a_limit_is_kept_to(site: Service) -> None:
    """429 with the time to come back, neither true nor false."""
    site.rooms.store.accounts.add_key(
        name="slow", scopes={Scope.SCORE}, per_minute=1, secret="cafecafecafe", now=NOON
    )
    data = {"api_key": "cafecafecafe", "blog": BLOG, "user_ip": "", "comment_content": TEXT}
    assert site.client.post("/1.1/comment-check", data=data).text == "false"
    answer = site.client.post("/1.1/comment-check", data=data)
    assert_trouble(answer, "Too many requests.", 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_body_that_is_too_large(tmp_path: Path) -> None:
    """413, in words and not in HTML."""
    made = make_service(tmp_path, max_body_bytes=1000)
    answer = made.client.post("/1.1/comment-check", data={"comment_content": "x" * 2000})
    assert_trouble(answer, "Request Entity Too Large.", 413)
    made.rooms.store.close()


def test_a_comment_that_is_too_long_is_neither(site: Service) -> None:
    """It is kept for the site's moderators rather than checked by half."""
    answer = check(site, comment_content="x" * (site.config.max_text_chars + 1))
    assert answer.text not in ("true", "false", "invalid")
    assert_trouble(answer, answer.text)
    assert all_comments(site) == []


def test_a_store_that_is_away_is_neither(site: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, so that clients come again; what broke unexpectedly looks no different."""
    check(site)

    def away(*args: object, **more: object) -> None:
        raise StoreError("disk gone: secret words")

    monkeypatch.setattr(type(site.rooms.store.comments), "add", away)
    answer = check(site)
    assert_trouble(answer, "Temporarily unavailable.", 503)
    assert "secret" not in str(answer.headers)

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(site.rooms.store.comments), "add", broken)
    answer = check(site)
    assert_trouble(answer, "Temporarily unavailable.", 503)
    assert "secret" not in str(answer.headers)


def test_a_broken_model_lets_nothing_be_called_spam(site: Service) -> None:
    """The comment is held for a person, and the site is told that it is not spam."""
    site.model.broken_by = ""
    answer = check(site)
    assert_plain(answer, "false")
    assert stored(site, answer).status is Status.HELD


def test_a_callback_says_which_comment_is_what(site: Service) -> None:
    """In the parameters that WordPress reads, with the key that the client knows."""
    hook = "https://blog.example/wp-json/akismet/v1/webhook"
    answer = check(site, callback=hook)
    guid = answer.headers["X-akismet-guid"]
    call(site, "submit-spam", guid=guid)
    replies = site.rooms.store.replies
    (due,) = replies.due(site.clock(), limit=5, lease_seconds=60)
    assert due.url == hook
    assert callback_body(due) == (
        b'{"key":"0123456789ab","endpoint":"comment-check",'
        b'"comments":[{"guid":"%s","result":"true"}]}' % guid.encode()
    )


def test_without_callbacks_no_key_is_kept(tmp_path: Path) -> None:
    """A policy that wants none keeps neither address nor key."""
    policy = tmp_path / "policy.toml"
    policy.write_text("[akismet]\ncallbacks = false\n")
    made = make_service(tmp_path, policy=policy)
    data = {"blog": BLOG, "user_ip": "", "comment_content": TEXT, "callback": "https://a.example/"}
    answer = made.client.post("/1.1/comment-check", data={**data, "api_key": made.key})
    made.client.post(
        "/1.1/submit-spam",
        data={"api_key": made.key, "guid": answer.headers["X-akismet-guid"]},
    )
    assert made.rooms.store.replies.due(made.clock(), limit=5, lease_seconds=60) == []
    assert made.key.encode() not in (tmp_path / "var" / "moderation.sqlite").read_bytes()
    made.rooms.store.close()
