"""The review pages under test: a real SQLite store, and who looks at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.reviewing import Desk
from tests.reviewing_app import make_app
from tests.web.review.browsing import Browser, signed_in


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Flask:
    """Build the whole service on it."""
    return make_app(desk, tmp_path)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Give a browser in which nobody is signed in."""
    return Browser(app)


@pytest.fixture
def anna(app: Flask, desk: Desk) -> Browser:
    """Give a browser in which Anna is signed in."""
    return signed_in(app, desk, "anna")
