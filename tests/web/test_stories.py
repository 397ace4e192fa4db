"""Fetching the page of a story: only from hosts named, redirects re-checked, bounded, decoded."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from moderation.errors import ModerationError, OutboundFailed, OutboundRefused
from moderation.web.stories import MOST_BYTES, read_story
from tests.serving import serving

TEXT = "The city council has put off the opening of the tram line to the harbour. " * 4
PAGE = f"<html lang=en><title>Tram</title><article><p>{TEXT}</p></article></html>".encode()
HERE = frozenset({"127.0.0.1"})


class Paper(BaseHTTPRequestHandler):
    """A newspaper with a page for every trouble; notes which were asked for."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        """Answer by the path."""
        self.asked.append(self.path)
        port = self.server.server_address[1]
        latin = "<meta charset=iso-8859-1><article><p>Gr\xfc\xdfe aus M\xfcnchen, liebe Leute. "
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/story": (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE),
            "/moved": (301, {"Location": "/story"}, b""),
            "/port": (302, {"Location": f"http://127.0.0.1:{port + 1}/story"}, b""),
            "/elsewhere": (302, {"Location": f"http://localhost:{port}/story"}, b""),
            "/file": (302, {"Location": "file:///etc/passwd"}, b""),
            "/round": (302, {"Location": "/round"}, b""),
            "/nowhere": (302, {}, b""),
            "/picture": (200, {"Content-Type": "image/png"}, PAGE),
            "/gone": (404, {"Content-Type": "text/html"}, PAGE),
            "/packed": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, PAGE),
            "/short": (200, {"Content-Type": "text/html"}, b"<p>Sign in to read on, please.</p>"),
            "/long": (200, {"Content-Type": "text/html"}, PAGE + b" " * (MOST_BYTES + 10)),
            "/latin": (200, {"Content-Type": "text/html"}, (latin * 9).encode("latin-1")),
            "/evil": (200, {"Content-Type": "text/html; charset=punycode"}, PAGE),
            "/odd": (200, {"Content-Type": "text/html; charset=made-up"}, PAGE),
        }
        status, headers, body = answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def paper() -> Iterator[str]:
    """Run the newspaper; give its host and port."""
    Paper.asked.clear()
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Paper)) as place:
        yield place


@pytest.mark.parametrize("path", ["/story", "/moved", "/long", "/odd", "/evil"])
def test_a_page_becomes_an_article(paper: str, path: str) -> None:
    """Directly, after a redirect within the host, cut at the limit, in an unknown encoding."""
    article = read_story(f"http://{paper}{path}", frozenset({paper}), trusted=HERE)
    assert (article.title, article.language) == ("Tram", "en")
    assert article.body == TEXT.strip()


def test_the_encoding_a_page_names_itself_is_used(paper: str) -> None:
    """A header without an encoding leaves it to the page."""
    article = read_story(f"http://{paper}/latin", frozenset({paper}), trusted=HERE)
    assert article.body is not None
    assert "Grüße aus München," in article.body


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/port", OutboundRefused),
        ("/elsewhere", OutboundRefused),
        ("/file", OutboundRefused),
        ("/round", OutboundFailed),
        ("/nowhere", ModerationError),
        ("/picture", OutboundFailed),
        ("/gone", OutboundFailed),
        ("/packed", OutboundFailed),
        ("/short", OutboundFailed),
    ],
)
def test_what_is_no_story_is_refused(paper: str, path: str, error: type[Exception]) -> None:
    """Redirects off the hosts named, loops, other types, errors, walls."""
    with pytest.raises(error):
        read_story(f"http://{paper}{path}", frozenset({paper}), trusted=HERE)
    assert set(Paper.asked) == {path}


def test_a_host_that_is_not_named_is_never_asked(paper: str) -> None:
    """Neither another host nor another port of the same one."""
    for hosts in (frozenset(), frozenset({"127.0.0.1"}), frozenset({"news.example"})):
        with pytest.raises(OutboundRefused, match="fetch_hosts"):
            read_story(f"http://{paper}/story", hosts, trusted=HERE)
    assert Paper.asked == []


def test_a_named_host_with_a_private_address_is_refused(paper: str) -> None:
    """The list says which names; that their addresses are public is checked all the same."""
    with pytest.raises(OutboundRefused, match="not public"):
        read_story(f"http://{paper}/story", frozenset({paper}))
    assert Paper.asked == []


@pytest.mark.parametrize("url", ["", "story", "//", "http://[", "gopher://news.example/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """Story URLs come from outside and may be anything."""
    with pytest.raises(ModerationError):
        read_story(url, frozenset({"news.example"}))
