"""A case stays with the moderator who works on it, in a real browser with a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, Request, expect

from moderation.store import StoredComment
from tests.reviewing import Desk

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]


def opened(page: Page, held: StoredComment) -> None:
    """Open a comment with the page's clock in our hand."""
    page.clock.install()
    page.goto(f"/review/comments/{held.id}")


def leased_until(desk: Desk, held: StoredComment) -> datetime | None:
    """Read until when the case is leased."""
    case = desk.store.comments.get(held.id).case
    return case.leased_until if case else None


def pass_seconds(desk: Desk, page: Page, seconds: int) -> None:
    """Let the same time pass for the server and the page, whose timers then run."""
    desk.clock.forward(seconds=seconds)
    page.clock.run_for(seconds * 1000)


def wait_for(page: Page, condition: Callable[[], bool]) -> None:
    """Let the browser go on until something is so, for ten seconds at most."""
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not come to that")


def pass_until_renewed(desk: Desk, page: Page) -> None:
    """Let a minute pass, within which the page renews its lease."""
    with page.expect_response("**/lease") as answered:
        pass_seconds(desk, page, 60)
    assert answered.value.status == 200


def requests_of(page: Page) -> list[str]:
    """Collect the addresses that a page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        # The browser fetches the icon when it likes.
        if not request.url.endswith("/static/icon.svg"):
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_the_lease_is_renewed_until_nobody_touches_the_page(desk: Desk, open_page: SignIn) -> None:
    """Five minutes after the last key or movement the page stops asking; another one wakes it."""
    held = desk.hold()
    page = open_page()
    asked = requests_of(page)
    opened(page, held)
    for _ in range(5):
        pass_until_renewed(desk, page)
    assert leased_until(desk, held) == desk.clock.forward(seconds=120)
    asked.clear()
    pass_seconds(desk, page, 600)
    assert asked == []
    with page.expect_response("**/lease") as answered:
        page.keyboard.press("Shift")
    assert answered.value.status == 200
    assert leased_until(desk, held) == desk.clock.forward(seconds=120)


def test_a_page_nobody_sees_asks_for_nothing(desk: Desk, open_page: SignIn) -> None:
    """Behind another tab the lease runs out; coming back renews it."""
    held = desk.hold()
    page = open_page()
    asked = requests_of(page)
    opened(page, held)
    show = """(state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(show, "hidden")
    asked.clear()
    pass_seconds(desk, page, 120)
    assert asked == []
    with page.expect_response("**/lease") as answered:
        page.evaluate(show, "visible")
    assert answered.value.status == 200


def test_leaving_gives_the_case_back_and_reloading_does_not(
    desk: Desk, open_page: SignIn, answered: list[str]
) -> None:
    """A colleague can have it at once; a page that was only loaded again keeps it."""
    held = desk.hold()
    assert held.case is not None
    release = f"/review/cases/{held.case.id}/release"
    page = open_page()
    opened(page, held)
    desk.clock.forward(seconds=1)
    page.reload()
    wait_for(page, lambda: answered.count(release) == 1)
    assert leased_until(desk, held) is not None
    page.get_by_role("link", name="Queue").first.click()
    wait_for(page, lambda: answered.count(release) == 2)
    assert leased_until(desk, held) is None


def test_who_lost_the_case_is_told(desk: Desk, open_page: SignIn) -> None:
    """When a colleague took it meanwhile, the page says so and asks no more."""
    held = desk.hold()
    anna, ben = open_page("anna"), open_page("ben")
    opened(anna, held)
    desk.clock.forward(minutes=3)
    ben.goto(f"/review/comments/{held.id}")
    lost = anna.get_by_text("This case is no longer yours alone")
    expect(lost).to_be_hidden()
    with anna.expect_response("**/lease") as answered:
        anna.clock.run_for(60_000)
    assert answered.value.status == 409
    expect(lost).to_be_visible()
