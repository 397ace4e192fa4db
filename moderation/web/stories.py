"""
Fetches the page of a story in the background and remembers its text, for sites that allow it.

Goes only to hosts it is given, past `outbound`'s guard; no request waits for it.
"""

from __future__ import annotations

import codecs
import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from moderation.desk.check import Desk
from moderation.errors import ModerationError, OutboundFailed, OutboundRefused
from moderation.terms import Article
from moderation.text.page import read_page
from moderation.web.logs import log
from moderation.web.outbound import Answer, fetch

__all__ = ["Stories", "Wanted", "read_story"]

MOST_BYTES = 2 * 1024 * 1024
"""A longer page is read up to here; its article stands near the beginning."""

_SECONDS = 10.0
_REDIRECTS = 3
_WAITING = 100
_AGAIN = timedelta(minutes=10)
# A page that could not be read is not asked for again sooner, however many comments come.
_REMEMBERED = 10_000

_USUAL_PORTS = {"http": 80, "https": 443}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_OF_PAGES = re.compile(r"utf-8|ascii|iso8859|cp\d|koi8|shift_jis|euc_|gb|big5|mac|utf-16")
# Python knows encodings that no page has, some of which take a page apart very slowly.
_ACCEPTED = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A story whose text is not known.

    Attributes:
        article: its names; `url` is where it is fetched from.
        hosts: from which this site lets us fetch, lower case.
    """

    site: str
    article: Article
    hosts: frozenset[str]


def read_story(
    url: str, hosts: frozenset[str], *, trusted: frozenset[str] = frozenset()
) -> Article:
    """
    Fetch a page and read its article; redirects are followed among the hosts allowed.

    Args:
        hosts: ``news.example`` or ``news.example:8080``, lower case.
        trusted: hosts whose addresses may be private.

    Raises:
        OutboundRefused: this address, or one it leads to, may not be fetched.
        OutboundFailed: there is no page, it is no HTML, or it holds no article.
    """
    for _ in range(_REDIRECTS + 1):
        _check_host(url, hosts)
        answer = fetch(
            url,
            headers={"Accept": ", ".join(_ACCEPTED), "Accept-Encoding": "identity"},
            timeout_seconds=_SECONDS,
            max_bytes=MOST_BYTES,
            trusted=trusted,
        )
        if answer.status not in (301, 302, 303, 307, 308):
            return _article(answer)
        url = urljoin(url, answer.headers.get("location", ""))
    raise OutboundFailed("the page redirects too often")


def _check_host(url: str, hosts: frozenset[str]) -> None:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise OutboundRefused("is not an address", field="url") from error
    usual = port is None or port == _USUAL_PORTS.get(parts.scheme)
    if (host if usual else f"{host}:{port}") not in hosts:
        raise OutboundRefused("is on a host that fetch_hosts does not name", field="url")


def _article(answer: Answer) -> Article:
    kind, _, parameters = answer.headers.get("content-type", "").lower().partition(";")
    if answer.status != 200:
        raise OutboundFailed(f"the page was answered with {answer.status}")
    if kind.strip() not in _ACCEPTED:
        raise OutboundFailed("the page is not HTML")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise OutboundFailed("the page came compressed, which was not asked for")
    page = read_page(_decoded(answer.body, parameters))
    if page.body is None:
        raise OutboundFailed("the page holds no article that can be told from the rest")
    return Article(title=page.title, body=page.body, language=page.language)


def _decoded(body: bytes, parameters: str) -> str:
    """Decode by the header, else by the page's own word at its beginning, else as UTF-8."""
    named = _CHARSET.search(parameters) or _CHARSET.search(body[:2048].decode("latin-1"))
    try:
        encoding = codecs.lookup(named[1]).name if named else "utf-8"
    except LookupError:
        encoding = "utf-8"
    return body.decode(encoding if _OF_PAGES.match(encoding) else "utf-8", "replace")


class Stories:
    """
    One thread that reads stories one after the other; it starts with the first that is wanted.

    Args:
        now: gives the time, aware UTC.
        trusted: hosts whose addresses may be private.
        read: gives an article or raises; tests pass their own.
    """

    def __init__(
        self,
        desk: Desk,
        now: Callable[[], datetime],
        trusted: frozenset[str] = frozenset(),
        read: Callable[..., Article] = read_story,
    ) -> None:
        self._desk = desk
        self._now = now
        self._trusted = trusted
        self._read = read
        self._waiting: queue.Queue[Wanted] = queue.Queue(_WAITING)
        self._asked: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def want(self, wanted: Wanted) -> bool:
        """
        Ask for a story; returns at once.

        Returns:
            False when it was asked for a short while ago, or too many wait already.
        """
        name, now = (wanted.site, wanted.article.url or ""), self._now()
        with self._lock:
            if now < self._asked.get(name, now):
                return False
            try:
                self._waiting.put_nowait(wanted)
            except queue.Full:
                return False
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            self._asked[name] = now + _AGAIN
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="stories", daemon=True)
                self._thread.start()
        return True

    def wait(self) -> None:
        """Wait until nothing is wanted any more."""
        self._waiting.join()

    def _work(self) -> None:
        while True:
            wanted = self._waiting.get()
            try:
                self._remember(wanted)
            except ModerationError as error:
                # The address is a public page's; the log needs it to be of any use.
                log.warning(
                    "story not read",
                    site=wanted.site,
                    host=urlsplit(wanted.article.url or "").hostname,
                    why=error.message,
                )
            except Exception as error:
                log.error("story not read", site=wanted.site, error=type(error).__name__)
            finally:
                self._waiting.task_done()

    def _remember(self, wanted: Wanted) -> None:
        named = wanted.article
        found = self._read(named.url or "", wanted.hosts, trusted=self._trusted)
        article = Article(named.id, named.url, found.title, found.body, found.language)
        self._desk.put_article(wanted.site, article, self._now())
        log.info("story read", site=wanted.site, characters=len(found.body or ""))
