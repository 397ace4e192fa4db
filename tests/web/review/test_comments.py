"""A comment's page and the verdicts on it: what is shown, what a form does, who was first."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from moderation.store import Audit
from moderation.terms import (
    Action,
    Author,
    Reason,
    Scope,
    Span,
    VerdictAction,
    VerdictLabel,
)
from tests.reviewing import Desk
from tests.web.review.browsing import Browser, signed_in


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


def test_what_a_site_reported_is_shown(desk: Desk, anna: Browser) -> None:
    """A moderator sees what the site says of a comment, as evidence."""
    held = desk.hold()
    reject, approve = VerdictAction.REJECT, VerdictAction.APPROVE
    for action, labels in ((reject, (VerdictLabel.SPAM,)), (approve, (VerdictLabel.NOT_SPAM,))):
        desk.store.reports.add(
            held.id,
            site=None,
            actor="key:1",
            action=action,
            labels=labels,
            now=desk.clock.forward(seconds=1),
        )
    shown = anna.get(f"/review/comments/{held.id}").text.partition("Reported by the site")[2]
    assert 0 < shown.index("<b>Not spam</b>") < shown.index("<b>Spam</b>")


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
    """A colleague sees the name, and on the page when that moderator was last at it."""
    held = desk.hold()
    anna.get(f"/review/comments/{held.id}")
    desk.clock.forward(minutes=1)
    ben = signed_in(app, desk, "ben")
    assert (
        "<bdi>anna</bdi> looks at this, last 1 min ago"
        in ben.get(f"/review/comments/{held.id}").text
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
