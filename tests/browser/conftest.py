"""
A real Chromium in front of a real server on a free port of this machine, with a SQLite store.

Starts one browser for all tests and one server and store for each; ends what it started.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Response, request
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.reviewing import Desk
from tests.reviewing_app import make_app
from tests.serving import serving

ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium; without one, skip, or fail where it is required."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        said = "There is no chromium on this machine, so the pages were not tried in a browser."
        if "browser" in os.environ.get("MODERATION_TEST_REQUIRE", ""):
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def answered() -> list[str]:
    """Give the paths the server has answered so far: a browser does not tell what it sends late."""
    return []


@pytest.fixture
def address(desk: Desk, tmp_path: Path, answered: list[str]) -> Iterator[str]:
    """Serve the whole service on a free port and give its address."""
    app = make_app(desk, tmp_path)

    @app.after_request
    def remember(response: Response) -> Response:
        answered.append(request.path)
        return response

    with serving(make_server("127.0.0.1", 0, app, threaded=True)) as place:
        yield f"http://{place}"


@pytest.fixture
def open_page(browser: Browser, desk: Desk, address: str) -> Iterator[Callable[..., Page]]:
    """Give a function that signs somebody in by a one-time link in a browser of their own."""
    contexts: list[BrowserContext] = []

    def sign_in(name: str = "anna", **options: object) -> Page:
        context = browser.new_context(base_url=address, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(desk.link(desk.reviewer(name)))
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/review/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
