"""
A browser for tests of the review pages: fills in forms with their tokens, signs people in.

Sends requests to an application; starts no server and runs no script.
"""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.reviewing import Desk

__all__ = ["TOKEN", "Browser", "signed_in"]

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


def signed_in(app: Flask, desk: Desk, name: str) -> Browser:
    """Give a browser in which somebody has just signed in by a one-time link."""
    browser = Browser(app)
    link = desk.link(desk.reviewer(name))
    assert browser.send(link).status_code == 303
    return browser
