"""Moderators at work in a real browser: keys, buttons, hostile text, no JavaScript, a phone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from moderation.terms import Author, Reason, Span
from tests.reviewing import Desk

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]


def go(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_one_key_settles_and_the_next_comment_comes(desk: Desk, open_page: SignIn) -> None:
    """From the queue: n opens the first, a approves it, r rejects the next, and all is done."""
    first, second = desk.hold("the first one", priority=0.9), desk.hold("the second one")
    page = open_page()
    expect(page.get_by_text("2 comments wait")).to_be_visible()
    go(page, "n")
    expect(page.locator(".body")).to_contain_text("the first one")
    go(page, "a")
    expect(page.locator(".body")).to_contain_text("the second one")
    expect(page.locator("#live")).to_contain_text("Approved")
    go(page, "r")
    expect(page.get_by_text("Nothing waits. The desk is clear.")).to_be_visible()
    assert (desk.status(first), desk.status(second)) == ("approved", "rejected")
    (verdict,) = desk.store.comments.get(second.id).verdicts
    assert [label.value for label in verdict.labels] == ["off_topic"]


def test_digits_tick_labels(desk: Desk, open_page: SignIn) -> None:
    """1 to 6 toggle the labels, and what is ticked is what a rejection teaches."""
    held = desk.hold()
    page = open_page()
    go(page, "n")
    expect(page.get_by_role("checkbox", name="off topic")).to_be_checked()
    page.keyboard.press("3")
    page.keyboard.press("1")
    expect(page.get_by_role("checkbox", name="spam")).to_be_checked()
    go(page, "r")
    expect(page.get_by_text("Nothing waits.").first).to_be_visible()
    (verdict,) = desk.store.comments.get(held.id).verdicts
    assert [label.value for label in verdict.labels] == ["spam"]


def test_keys_rest_while_typing_and_with_modifiers(desk: Desk, open_page: SignIn) -> None:
    """An "a" or "r" in a note, or with Ctrl or Alt held, settles nothing."""
    held = desk.hold()
    page = open_page()
    go(page, "n")
    page.get_by_text("Add a note").click()
    page.get_by_label("Note for the record").fill("")
    page.keyboard.type("are a 1")
    expect(page.get_by_label("Note for the record")).to_have_value("are a 1")
    expect(page.get_by_role("checkbox", name="spam")).not_to_be_checked()
    page.get_by_role("heading", name="Author").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+r")
    page.keyboard.press("1")
    expect(page.get_by_role("checkbox", name="spam")).to_be_checked()
    assert desk.status(held) == "held"


def test_undo_skip_back_and_queue_have_keys(desk: Desk, open_page: SignIn) -> None:
    """j skips, k goes back, u opens the last verdict with its reverse in focus, q leads home."""
    first = desk.hold("the first one", priority=0.9)
    desk.hold("the second one", priority=0.5)
    page = open_page()
    go(page, "n")
    go(page, "j")
    expect(page.locator(".body")).to_contain_text("the second one")
    go(page, "k")
    expect(page.locator(".body")).to_contain_text("the first one")
    go(page, "a")
    expect(page.locator(".body")).to_contain_text("the second one")
    go(page, "u")
    expect(page.get_by_text("You approved this")).to_be_visible()
    expect(page.get_by_role("button", name="Reject instead")).to_be_focused()
    go(page, "r")
    expect(page.locator(".body")).to_contain_text("the second one")
    assert desk.status(first) == "rejected"
    go(page, "q")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()


def test_the_queue_is_walked_by_keys(desk: Desk, open_page: SignIn) -> None:
    """j and k move the focus along the lines; Enter opens one."""
    desk.hold("the first one", priority=0.9)
    desk.hold("the second one", priority=0.5)
    page = open_page()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="the second one")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="the first one")).to_be_focused()
    go(page, "Enter")
    expect(page.locator(".body")).to_contain_text("the first one")


def test_help_opens_and_closes_and_holds_the_keys(desk: Desk, open_page: SignIn) -> None:
    """? shows the keys; while it is open they settle nothing; Escape closes it."""
    held = desk.hold()
    page = open_page()
    go(page, "n")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert desk.status(held) == "held"


def test_hostile_text_is_inert(desk: Desk, open_page: SignIn) -> None:
    """Script and markup in every field of a stranger run nothing and make no element."""
    nasty = (
        "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
        "</textarea><svg/onload=alert(4)> https://spam.example/buy"
    )
    desk.hold(
        nasty,
        author=Author(id="x", name=nasty, url=nasty),
        parent=nasty,
        reasons=(Reason("SPAM", nasty, 0.9, spans=(Span(0, 10), Span(5, 60))),),
    )
    page = open_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for _ in range(2):
        assert page.locator("script:not([src^='/review/static/'])").count() == 0
        assert page.locator("main img, main script, main a[href^=javascript]").count() == 0
        assert page.locator("a[href*='spam.example']").count() == 0
        expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
        if page.url.endswith("/review/"):
            go(page, "n")
    assert dialogs == []


def test_the_policy_of_the_page_stops_inline_script(desk: Desk, open_page: SignIn) -> None:
    """Even if markup slipped through, the browser would not run it, nor send a form elsewhere."""
    page = open_page()
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
        }"""
    )
    assert page.evaluate("window.ran") is None


def test_everything_works_without_javascript(desk: Desk, open_page: SignIn) -> None:
    """Links and buttons alone sign in, open, judge, skip and correct."""
    first = desk.hold("the first one", priority=0.9)
    second = desk.hold("the second one", priority=0.5)
    page = open_page(java_script_enabled=False)
    page.get_by_role("link", name="Start reviewing").click()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Rejected", exact=True)).to_be_visible()
    expect(page.locator(".body")).to_contain_text("the second one")
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Approve instead").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing waits. The desk is clear.")).to_be_visible()
    assert (desk.status(first), desk.status(second)) == ("approved", "approved")
    expect(page.get_by_role("button", name="Keys")).to_have_count(0)


def test_two_moderators_on_one_case(desk: Desk, open_page: SignIn) -> None:
    """The second sees the first at it, and is told when the first was faster."""
    held = desk.hold()
    anna, ben = open_page("anna"), open_page("ben")
    anna.goto(f"/review/comments/{held.id}")
    ben.goto(f"/review/comments/{held.id}")
    expect(ben.get_by_text("anna looks at this")).to_be_visible()
    go(anna, "a")
    expect(anna.get_by_text("Nothing waits. The desk is clear.")).to_be_visible()
    go(ben, "r")
    expect(ben.get_by_role("heading", name="Somebody settled this case first")).to_be_visible()
    assert desk.status(held) == "approved"


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pages_fit_their_window(desk: Desk, open_page: SignIn, width: int) -> None:
    """Nothing scrolls sideways, not even with one endless word, and controls are large enough."""
    endless = "x" * 4000
    held = desk.hold(endless, author=Author(id="x", name=endless, url=endless), parent=endless)
    page = open_page(viewport={"width": width, "height": 740})
    for path in ("/review/", f"/review/comments/{held.id}", "/review/password"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (path, wide)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, input:not([type=hidden]),"
                + " .tick, .pill, .line, .crumbs a, .me a, .top nav a")]
                .filter((e) => !e.closest("dialog") && e.type !== "checkbox" && e.offsetParent)
                .filter((e) => e.getBoundingClientRect().height < 24)
                .map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert small == [], path


def test_every_control_has_a_name_and_every_page_its_landmarks(
    desk: Desk, open_page: SignIn
) -> None:
    """What assistive technology reads: one heading of level one, landmarks, names, a language."""
    held = desk.hold(parent="What do you think?")
    page = open_page()
    for path in ("/review/", f"/review/comments/{held.id}", "/review/password"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for role in ("banner", "main", "navigation", "search"):
            assert page.get_by_role(role).count() >= 1, (path, role)
        assert page.evaluate("document.documentElement.lang") == "en"
        unnamed = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea")]
                .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length))
                .map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert unnamed == [], path
        duplicated = page.evaluate(
            """() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
                return ids.filter((id, i) => ids.indexOf(id) !== i); }"""
        )
        assert duplicated == [], path
        dangling = page.evaluate(
            """() => [...document.querySelectorAll("[aria-labelledby], [aria-describedby], [for]")]
                .flatMap((e) => [e.getAttribute("aria-labelledby"),
                    e.getAttribute("aria-describedby"), e.getAttribute("for")])
                .filter((id) => id && !document.getElementById(id))"""
        )
        assert json.dumps(dangling) == "[]", path


def test_the_browser_reports_no_violation(desk: Desk, open_page: SignIn) -> None:
    """Our own pages need nothing that their security policy forbids."""
    held = desk.hold()
    page = open_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/review/", f"/review/comments/{held.id}", "/review/password"):
        page.goto(path)
    assert complaints == []
