"""How one file is downloaded: over HTTPS only, and no failure but a SourceError."""

from __future__ import annotations

import http.client
import io
import urllib.request
from pathlib import Path

import pytest

from moderation.errors import SourceError
from moderation.training.datasets import fetch
from moderation.training.download import HttpsRedirects, download
from tests.training.fake_web import CHAT, HOST, FakeWeb, Make, entry, nothing


def test_nothing_is_asked_for_over_plain_http(make: Make):
    """An address that is not HTTPS is refused before it is opened."""
    config = make(entry("chat", 'address = "http://files.invalid"'))
    web = FakeWeb({"http://files.invalid/chat.csv": CHAT})
    with pytest.raises(SourceError):
        fetch(config, say=nothing, opener=web)
    assert web.asked == []


def test_redirects_are_followed_only_to_https():
    """A redirect to HTTP or to a file is refused before it is followed; one to HTTPS is not."""
    follow = HttpsRedirects().redirect_request
    request = urllib.request.Request("https://files.invalid/a")
    rest = (request, io.BytesIO(), 302, "Found", http.client.HTTPMessage())
    for url in ("http://files.invalid/b", "file:///etc/passwd", "ftp://files.invalid/b"):
        with pytest.raises(SourceError, match="not HTTPS"):
            follow(*rest, url)
    followed = follow(*rest, "https://other.invalid/b")
    assert followed is not None
    assert followed.full_url == "https://other.invalid/b"


def test_a_file_that_cannot_be_written_is_a_source_error(tmp_path: Path):
    """A missing folder does not escape as OSError."""
    with pytest.raises(SourceError, match="could not be downloaded"):
        download(f"{HOST}/a", tmp_path / "none" / "a", FakeWeb({f"{HOST}/a": b"x"}))
