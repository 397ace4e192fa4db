"""The review pages over HTTP: who may enter, what is shown, and what a form does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.errors import StoreError
from moderation.store import Audit, Reviewer
from moderation.terms import Action, Author, Reason, Scope, Span
from moderation.web.review.guard import own_path
from moderation.web.review.sign_in import throttle
from tests.reviewing import Desk, open_desk
from tests.reviewing_app import make_app

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """A client that fills in forms the way a browser does, CSRF token included."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **extra: object) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **extra)

    def send(self, page: str, to: str | None = None, **fields: object) -> TestResponse:
        """Open `page` and send its form with these fields."""
        found = TOKEN.search(self.get(page).text)
        assert found, f"{page} has no form"
        return self.client.post(to or page, data={"csrf_token": found[1], **fields})

    def judge(self, comment: str, action: str, **fields: object) -> TestResponse:
        """Open a comment and send a verdict on it with the version its form carries."""
        page = self.get(f"/review/comments/{comment}").text
        version = re.search(r'name="version" value="(\d+)"', page)
        token = TOKEN.search(page)
        assert token
        data = {"csrf_token": token[1], "action": action, **fields}
        if version and "version" not in data:
            data["version"] = version[1]
        return self.client.post(f"/review/comments/{comment}/verdict", data=data)


@pytest.fixture
def desk(tmp_path: Path):
    opened = open_desk(tmp_path)
    yield opened
    opened.store.close()


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    return make_app(desk, tmp_path)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app)


@pytest.fixture
def anna(app: Flask, desk: Desk) -> Browser:
    return signed_in(app, desk, "anna")


def signed_in(app: Flask, desk: Desk, name: str) -> Browser:
    browser = Browser(app)
    link = desk.link(desk.reviewer(name))
    assert browser.send(link).status_code == 303
    return browser


# Who may enter


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


def test_looking_at_a_link_does_not_use_it_up(desk: Desk, stranger: Browser) -> None:
    """A preview of the link leaves it good; pressing the button uses it, once."""
    link = desk.link(desk.reviewer())
    for _ in range(3):
        assert stranger.get(link).status_code == 200
    assert stranger.send(link).location == "/review/"
    assert stranger.get("/review/").status_code == 200
    again = stranger.send(link)
    assert again.status_code == 410
    assert "does not work any more" in again.text


def test_an_expired_link_says_so(desk: Desk, stranger: Browser) -> None:
    """After its lifetime a link is refused with a page that says what to do."""
    link = desk.link(desk.reviewer())
    desk.clock.forward(days=2)
    assert stranger.send(link).status_code == 410
    assert stranger.get("/review/").status_code == 303


def test_name_and_password_sign_in(desk: Desk, stranger: Browser) -> None:
    """The right pair leads to the page that was asked for."""
    desk.reviewer("anna", "six blue lanterns")
    answer = stranger.send(
        "/review/sign-in?next=/review/?order=oldest",
        "/review/sign-in",
        name="Anna",
        password="six blue lanterns",
        next="/review/?order=oldest",
    )
    assert answer.location == "/review/?order=oldest"
    assert stranger.get("/review/").status_code == 200


@pytest.mark.parametrize("name", ["anna", "nobody", ""])
def test_a_wrong_password_and_an_unknown_name_answer_alike(
    desk: Desk, stranger: Browser, name: str
) -> None:
    """The answer does not tell which names exist."""
    desk.reviewer("anna", "six blue lanterns")
    answer = stranger.send("/review/sign-in", name=name, password="wrong")
    assert answer.status_code == 401
    assert "Name and password do not belong together." in answer.text


def test_too_many_wrong_passwords_lock_a_name_for_a_while(desk: Desk, stranger: Browser) -> None:
    """Even the right password waits then; time and the one-time link help."""
    id = desk.reviewer("locked", "six blue lanterns")
    for _ in range(5):
        stranger.send("/review/sign-in", name="locked", password="wrong")
    right = {"name": "locked", "password": "six blue lanterns"}
    refused = stranger.send("/review/sign-in", **right)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert stranger.send(desk.link(id)).status_code == 303
    stranger.send("/review/", "/review/sign-out")
    desk.clock.forward(minutes=16)
    assert stranger.send("/review/sign-in", **right).status_code == 303
    throttle.succeeded("locked")


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


def test_sign_out_needs_a_post_and_ends_the_session(anna: Browser) -> None:
    """A link cannot sign anybody out; the button does."""
    assert anna.get("/review/sign-out").status_code == 404
    assert anna.get("/review/").status_code == 200
    anna.send("/review/", "/review/sign-out")
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


def test_a_forged_next_is_ignored(desk: Desk, stranger: Browser) -> None:
    """A link to the sign-in page cannot send a moderator elsewhere."""
    desk.reviewer("anna", "six blue lanterns")
    answer = stranger.send(
        "/review/sign-in", name="anna", password="six blue lanterns", next="//evil.example"
    )
    assert answer.location == "/review/"


# Forms and headers


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


@pytest.mark.parametrize("name", ["review.css", "keys.js", "icon.svg"])
def test_styles_and_scripts_are_served_to_everybody(stranger: Browser, name: str) -> None:
    """The sign-in page needs them too."""
    with stranger.get(f"/review/static/{name}") as answer:
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


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


# The queue


def test_an_empty_queue_says_so_in_words(anna: Browser) -> None:
    """Nothing waiting is a state of its own."""
    assert "Nothing waits. The desk is clear." in anna.get("/review/").text


def test_the_queue_lists_held_comments_most_urgent_first(desk: Desk, anna: Browser) -> None:
    """Count, age of the oldest and the order are right, and settled comments are not in it."""
    desk.hold("a mild one", priority=0.2, minutes_ago=125)
    desk.hold("an urgent one", priority=0.9, minutes_ago=3)
    desk.hold("fine", action=Action.APPROVE)
    page = anna.get("/review/").text
    assert page.index("an urgent one") < page.index("a mild one")
    assert "<strong>2</strong> comments wait" in page
    assert "2 h 5 min" in page
    assert "fine" not in page.split("<main")[1]
    oldest = anna.get("/review/?order=oldest").text
    assert oldest.index("a mild one") < oldest.index("an urgent one")


def test_filters_live_in_the_address(desk: Desk, anna: Browser) -> None:
    """A filtered queue can be bookmarked and sent to a colleague, and leads into filtered cases."""
    desk.hold("a spam one", reason="SPAM")
    desk.hold("a strange one", reason="OFF_TOPIC")
    page = anna.get("/review/?reason=SPAM").text
    assert "a spam one" in page
    assert "a strange one" not in page
    assert "/review/next?reason=SPAM" in page
    assert "No held comment matches this filter" in anna.get("/review/?reason=NONE").text


def test_the_queue_comes_in_pages(desk: Desk, anna: Browser) -> None:
    """What does not fit on a page is behind "More"; nothing is shown twice."""
    for number in range(55):
        desk.hold(f"comment number {number:03}")
    first = anna.get("/review/").text
    more = re.search(r'rel="next" href="([^"]+)"', first)
    assert more
    second = anna.get(more[1].replace("&amp;", "&")).text
    numbers = re.findall(r"comment number (\d{3})", first.split("<main")[1])
    numbers += re.findall(r"comment number (\d{3})", second.split("<main")[1])
    assert sorted(numbers) == [f"{number:03}" for number in range(55)]


@pytest.mark.parametrize("query", ["order=random", "cursor=%00made-up"])
def test_a_wrong_address_is_explained(anna: Browser, query: str) -> None:
    """An order or a cursor that we never gave out is a 400 page, not a crash."""
    answer = anna.get(f"/review/?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


# A comment


def test_a_strangers_text_is_never_markup(desk: Desk, anna: Browser) -> None:
    """Text, name, address, title and note of others appear as text on every page."""
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"
    reason = Reason("SPAM", nasty, 0.9, spans=(Span(3, 12), Span(8, 30)))
    held = desk.hold(
        f"{nasty} http://spam.example/x",
        author=Author(id="x", name=nasty, url=f"javascript:{nasty}"),
        parent=nasty,
        reasons=(reason,),
    )
    desk.hold(nasty, author=Author(id="x", name=nasty))
    for path in ("/review/", f"/review/comments/{held.id}", f"/review/?reason={nasty}"):
        page = anna.get(path).text
        assert "<script>" not in page
        assert "<img" not in page
        assert "49" not in page.split("<main")[1].replace("U+", "") or "{{7*7}}" in page
        assert "javascript:alert" not in page
        assert 'href="http://spam' not in page
        assert 'href="javascript' not in page


def test_the_comment_page_shows_what_a_moderator_needs(desk: Desk, anna: Browser) -> None:
    """Reasons, marked words, article, parent, author, scores and versions are all there."""
    desk.hold("My earlier comment", minutes_ago=90)
    held = desk.hold(
        "I want v\u0456agra and the jungle", parent="What do you think?", failed=("spam",)
    )
    page = anna.get(f"/review/comments/{held.id}").text
    for expected in (
        "It has little to do with its article.",
        '<mark class="tone-1" data-ends="1">',
        "The harbour bridge opens a year late",
        "What do you think?",
        "My earlier comment",
        "not checked",
        "off topic",
        "English",
        "20261103-1",
        "p-1",
        "viagra",
        "Closest sentence",
        'value="off_topic" data-key="3" aria-keyshortcuts="3" checked',
    ):
        assert expected in page, expected


@pytest.mark.parametrize("action", list(Action))
def test_an_open_case_does_not_tell_what_was_decided(
    desk: Desk, anna: Browser, action: Action
) -> None:
    """Held, approved or rejected and drawn for audit: until the verdict the page looks alike."""
    stored = desk.hold("A fine bridge.", action=action, audit=Audit(1.0, "SPAM", 0.25))
    page = anna.get(f"/review/comments/{stored.id}").text
    assert "● held" in page
    assert "Why it waits" in page
    for word in ("✓ approved", "✕ rejected", "asks to", "audit", "by the machine"):
        assert word not in page.casefold(), word
    assert "audit" not in anna.get("/review/").text.casefold()
    anna.judge(stored.id, "approve")
    page = anna.get(f"/review/comments/{stored.id}").text
    assert "✓ approved" in page
    assert "by the machine" in page


def test_an_open_case_without_a_reason_does_not_say_it_was_fine(desk: Desk, anna: Browser) -> None:
    """Nothing spoke against it, which a moderator may read only afterwards."""
    stored = desk.hold(reasons=(), action=Action.APPROVE, audit=Audit(1.0, "SPAM", 0.25))
    path = f"/review/comments/{stored.id}"
    assert "No single reason" in anna.get(path).text
    anna.judge(stored.id, "approve")
    assert "Nothing spoke against" in anna.get(path).text


def test_text_that_reorders_the_page_is_named_instead(desk: Desk, anna: Browser) -> None:
    """A right-to-left override appears as its code and cannot turn the page around."""
    held = desk.hold("pay \u202elapyap", author=Author(id="x", name="\u2066Robin\u200b"))
    page = anna.get(f"/review/comments/{held.id}").text
    assert "⟨U+202E⟩" in page
    assert not set("\u202e\u2066\u200b") & set(page)


def test_a_verdict_leads_to_the_next_case_at_once(desk: Desk, anna: Browser) -> None:
    """Approve, and the next comment is there, with a line saying what was done."""
    first, second = desk.hold("the first", priority=0.9), desk.hold("the second", priority=0.1)
    answer = anna.judge(first.id, "approve")
    assert answer.status_code == 303
    assert answer.location == f"/review/comments/{second.id}?from={first.id}"
    assert desk.status(first) == "approved"
    page = anna.get(answer.location).text
    assert "<strong>Approved</strong>" in page
    assert f"/review/comments/{first.id}?undo=1" in page
    assert "<strong>Approved</strong>" not in anna.get(answer.location).text
    assert anna.judge(second.id, "reject", label=["spam", "toxic"]).location.startswith("/review/?")
    (verdict,) = desk.store.comments.get(second.id).verdicts
    assert [label.value for label in verdict.labels] == ["spam", "toxic"]


def test_the_view_is_kept_from_case_to_case(desk: Desk, anna: Browser) -> None:
    """Working a filtered queue, the next case is of that filter, and so is the way back."""
    first, second = desk.hold("one", reason="SPAM"), desk.hold("two", reason="SPAM")
    desk.hold("urgent", priority=1.0)
    opened = anna.get("/review/next?reason=SPAM&order=oldest").location
    id = opened.split("/")[3].split("?")[0]
    answer = anna.judge(id, "reject", reason="SPAM", order="oldest")
    other = {first.id, second.id} - {id}
    assert answer.location.startswith(f"/review/comments/{other.pop()}?")
    assert "reason=SPAM" in answer.location
    assert "order=oldest" in answer.location


def test_an_approval_does_not_teach_the_preselected_label(desk: Desk, anna: Browser) -> None:
    """The tick offered for a rejection is dropped when the moderator approves."""
    held = desk.hold()
    anna.judge(held.id, "approve", label=["off_topic", "generic"])
    (verdict,) = desk.store.comments.get(held.id).verdicts
    assert [label.value for label in verdict.labels] == ["generic"]


def test_a_comment_sent_by_a_site_is_reviewed_and_the_site_sees_it(
    app: Flask, desk: Desk, anna: Browser
) -> None:
    """The whole way: the API holds a comment, a moderator approves it, the API says so."""
    _, key = desk.store.accounts.add_key(name="site", scopes=set(Scope), now=desk.clock())
    site = {"headers": {"Authorization": f"Bearer {key}"}}
    client = app.test_client()
    sent = client.post("/v1/comments", json={"comment": {"text": "Visit my page"}}, **site)
    assert (sent.status_code, sent.json["status"]) == (201, "held")
    opened = anna.get("/review/next").location
    assert opened == f"/review/comments/{sent.json['id']}"
    page = anna.get(opened).text
    assert "Visit my page" in page
    assert "70%" in page
    anna.judge(sent.json["id"], "approve")
    assert client.get(f"/v1/comments/{sent.json['id']}", **site).json["status"] == "approved"


def test_who_looks_at_a_case_is_shown_to_others(app: Flask, desk: Desk, anna: Browser) -> None:
    """A colleague sees the name and since when, in the queue and on the page."""
    held = desk.hold()
    anna.get(f"/review/comments/{held.id}")
    desk.clock.forward(minutes=1)
    ben = signed_in(app, desk, "ben")
    assert (
        "<bdi>anna</bdi> looks at this since 1 min" in ben.get(f"/review/comments/{held.id}").text
    )
    assert "<bdi>anna</bdi> looks at this" in ben.get("/review/").text
    assert "looks at this" not in anna.get("/review/").text
    assert ben.get("/review/next").location == "/review/?nothing=free"


def test_the_slower_of_two_is_told_what_happened(app: Flask, desk: Desk, anna: Browser) -> None:
    """A verdict on a case somebody settled meanwhile is refused with what they decided."""
    held = desk.hold()
    version = str(held.case.version if held.case else "")
    ben = signed_in(app, desk, "ben")
    anna.judge(held.id, "reject", label="spam")
    answer = ben.judge(held.id, "approve", version=version)
    assert answer.status_code == 409
    assert "Somebody settled this case first" in answer.text
    assert "<bdi>anna</bdi> <strong>rejected</strong>" in answer.text
    assert desk.status(held) == "rejected"


def test_undo_shows_the_comment_with_the_reverse_at_hand(desk: Desk, anna: Browser) -> None:
    """Undo opens what was just judged; the reverse is one press away, as a correction."""
    held = desk.hold()
    anna.judge(held.id, "approve")
    page = anna.get(f"/review/comments/{held.id}?undo=1").text
    assert "You approved this less than a minute ago" in page
    assert re.search(r'value="reject"[^>]*autofocus', page)
    anna.judge(held.id, "reject")
    assert desk.status(held) == "rejected"
    assert len(desk.store.comments.get(held.id).verdicts) == 2


def test_any_comment_can_be_looked_at_and_corrected(desk: Desk, anna: Browser) -> None:
    """A comment the machine approved is found by its id and can be rejected."""
    passed = desk.hold("fine at first sight", action=Action.APPROVE)
    location = anna.get(f"/review/find?id=%20{passed.id}%20").location
    page = anna.get(location).text
    assert "The machine approved this and no person has looked at it." in page
    anna.judge(passed.id, "reject", label="spam")
    assert desk.status(passed) == "rejected"


def test_an_unknown_comment_has_a_page_of_its_own(anna: Browser) -> None:
    """Looking for what is not there is a friendly 404."""
    answer = anna.get("/review/comments/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "hold"},
        {"action": ""},
        {"action": "approve", "label": "nonsense"},
        {"action": "approve", "version": "x"},
        {"action": "approve", "version": "9" * 40},
        {"action": "approve", "note": "x" * 2001},
        {"action": "approve", "order": "random"},
    ],
)
def test_a_form_that_is_not_ours_is_refused(
    desk: Desk, anna: Browser, fields: dict[str, str]
) -> None:
    """Made-up actions, labels, versions and orders change nothing."""
    held = desk.hold()
    assert anna.judge(held.id, **fields).status_code == 400
    assert desk.status(held) == "held"


# One's own password


def test_a_fresh_link_lets_a_reviewer_set_a_password(desk: Desk, anna: Browser) -> None:
    """Who came by link sets a password without an old one, and can sign in with it."""
    page = anna.get("/review/password").text
    assert 'name="old"' not in page
    answer = anna.send("/review/password", new="six blue lanterns", again="six blue lanterns")
    assert answer.status_code == 200
    anna.send("/review/", "/review/sign-out")
    answer = anna.send("/review/sign-in", name="anna", password="six blue lanterns")
    assert answer.status_code == 303


def test_later_the_old_password_is_asked_for(desk: Desk, stranger: Browser) -> None:
    """An unattended screen is not enough to take an account over."""
    desk.reviewer("anna", "six blue lanterns")
    stranger.send("/review/sign-in", name="anna", password="six blue lanterns")
    new = {"new": "seven red lanterns", "again": "seven red lanterns"}
    refused = stranger.send("/review/password", **new, old="wrong")
    assert refused.status_code == 422
    assert "The old password is wrong." in refused.text
    assert stranger.send("/review/password", **new, old="six blue lanterns").status_code == 200
    throttle.succeeded("anna")


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("short", "short", "at least 12"),
        ("six blue lanterns", "six blue lantern", "not the same"),
        ("x" * 1001, "x" * 1001, "at most"),
    ],
)
def test_a_poor_password_is_refused_in_words(
    anna: Browser, new: str, again: str, said: str
) -> None:
    """What is wrong with the new password is said."""
    answer = anna.send("/review/password", new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_reviewer_unknown_to_the_store_is_out_at_once(
    desk: Desk, anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is asked on every request, so a session outlives no account."""

    def nobody(self: object, id: str) -> Reviewer | None:
        return None

    monkeypatch.setattr(type(desk.store.accounts), "reviewer", nobody)
    assert anna.get("/review/").status_code == 303
