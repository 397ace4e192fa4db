"""Who may enter the review pages, and what keeps them safe: sessions, tokens, headers, errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from moderation.errors import StoreError
from moderation.store import Reviewer
from moderation.web.review.guard import own_path
from tests.reviewing import Desk
from tests.reviewing_app import make_app
from tests.web.review.browsing import TOKEN, Browser


def test_every_page_but_sign_in_is_closed_to_strangers(app: Flask, stranger: Browser) -> None:
    """Deny by default: each route of the blueprint leads a stranger to the sign-in page."""
    open_pages = {"review.static", "review.sign_in", "review.sign_in_by_link"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("review.")]
    closed = [rule for rule in rules if rule.endpoint not in open_pages]
    assert len(closed) >= 7
    for rule in closed:
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        if "GET" in (rule.methods or ()):
            answer = stranger.get(path)
            assert answer.status_code == 303, path
            assert answer.location.startswith("/review/sign-in?next="), path
        if "POST" in (rule.methods or ()):
            assert stranger.send("/review/sign-in", path).location == "/review/sign-in", path


def test_a_session_starts_anew_at_sign_in_and_keeps_its_cookie_safe(
    desk: Desk, stranger: Browser
) -> None:
    """A cookie planted before sign-in is worth nothing after it; scripts cannot read it."""
    stranger.get("/review/sign-in")
    before = stranger.client.get_cookie("review_session", path="/review")
    assert before
    answer = stranger.send(desk.link(desk.reviewer()))
    after = stranger.client.get_cookie("review_session", path="/review")
    assert after
    assert after.value != before.value
    with stranger.client.session_transaction(path="/review/") as session:
        assert session["id"]
        assert "csrf_token" not in session
    flags = answer.headers["Set-Cookie"]
    assert all(flag in flags for flag in ("HttpOnly", "SameSite=Lax", "Path=/review"))
    assert "Secure" not in flags


@pytest.mark.parametrize("by_setting", [True, False])
def test_over_https_the_cookie_never_travels_without_it(
    desk: Desk, tmp_path: Path, by_setting: bool
) -> None:
    """The cookie is Secure when the request, or the public address, is https."""
    settings = {"public_url": "https://desk.example"} if by_setting else {}
    client = make_app(desk, tmp_path, **settings).test_client()
    base = "http://localhost" if by_setting else "https://localhost"
    answer = client.get("/review/sign-in", base_url=base)
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_session_ends_after_twelve_hours(desk: Desk, anna: Browser) -> None:
    """However busy, everybody signs in again after a shift."""
    desk.clock.forward(hours=11, minutes=59)
    assert anna.get("/review/").status_code == 200
    desk.clock.forward(minutes=2)
    assert anna.get("/review/").status_code == 303


def test_a_session_from_before_versions_were_counted_holds(desk: Desk, anna: Browser) -> None:
    """An upgrade of the store signs nobody out; the next sign-out ends such a session too."""
    with anna.client.session_transaction(path="/review/") as session:
        del session["version"]
    assert anna.get("/review/").status_code == 200
    (reviewer,) = desk.store.accounts.reviewers()
    desk.store.accounts.end_sessions(reviewer.id, actor="system", now=desk.clock())
    assert anna.get("/review/").status_code == 303


def test_a_reviewer_unknown_to_the_store_is_out_at_once(
    desk: Desk, anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is asked on every request, so a session outlives no account."""

    def nobody(self: object, id: str) -> Reviewer | None:
        return None

    monkeypatch.setattr(type(desk.store.accounts), "reviewer", nobody)
    assert anna.get("/review/").status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/review/",
        "//evil.example/review",
        "/\\evil.example",
        "/v1/keys",
        "javascript:alert(1)",
        "/review/../v1/keys",
        "/review/%2e%2E/v1/keys",
        "/reviewer",
        "\t//evil.example",
        "review/",
        "http:/review/",
        "/review/\n",
    ],
)
def test_no_redirect_leaves_the_review_pages(target: str) -> None:
    """Only paths of the review pages are followed after sign-in."""
    assert own_path(target) is None


@pytest.mark.parametrize("token", [None, "", "made-up"])
def test_a_form_without_our_token_changes_nothing(
    desk: Desk, anna: Browser, token: str | None
) -> None:
    """A missing or wrong CSRF token gets a friendly 400, and the comment stays held."""
    held = desk.hold()
    data = {"action": "approve"} | ({} if token is None else {"csrf_token": token})
    answer = anna.client.post(f"/review/comments/{held.id}/verdict", data=data)
    assert answer.status_code == 400
    assert "Nothing was changed." in answer.text
    assert desk.status(held) == "held"


def test_a_token_of_another_session_is_worth_nothing(
    app: Flask, desk: Desk, anna: Browser, stranger: Browser
) -> None:
    """Tokens belong to one session."""
    foreign = TOKEN.search(stranger.get("/review/sign-in").text)
    assert foreign
    answer = anna.client.post("/review/sign-out", data={"csrf_token": foreign[1]})
    assert answer.status_code == 400


def test_the_api_knows_neither_session_nor_token(app: Flask, anna: Browser) -> None:
    """Outside the review pages the cookie does not exist and no token is asked for."""
    answer = anna.client.post("/v1/score", json={})
    assert answer.status_code in {401, 403}
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/review/", "/review/sign-in", "/review/nothing", "/review/password"]
)
def test_every_page_carries_the_safety_headers(anna: Browser, path: str) -> None:
    """No inline script or style, no framing, no sniffing, nothing kept in caches."""
    headers = anna.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["review.css", "keys.js", "lease.js", "icon.svg"])
def test_styles_and_scripts_are_served_to_everybody(stranger: Browser, name: str) -> None:
    """The sign-in page needs them too."""
    with stranger.get(f"/review/static/{name}") as answer:
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_bug_is_a_page_without_internals(
    desk: Desk, anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moderator gets a page, not a problem document, and nothing of the inside."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("jungle-text")

    monkeypatch.setattr(type(desk.store.cases), "queue", fail)
    answer = anna.get("/review/")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Something went wrong here" in answer.text
    assert "jungle-text" not in answer.text


def test_an_unknown_page_says_so(anna: Browser) -> None:
    """A mistyped address gets a page, not a problem document."""
    answer = anna.get("/review/nothing/here")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_silent_store_is_told_from_an_empty_queue(
    desk: Desk, anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the store does not answer, the page says that, without the store's own words."""

    def broken(**_: object) -> None:
        raise StoreError("could not connect to db-7.internal")

    monkeypatch.setattr(type(desk.store.cases), "queue", lambda self, **_: broken())
    answer = anna.get("/review/")
    assert answer.status_code == 503
    assert "The store does not answer" in answer.text
    assert "db-7" not in answer.text
