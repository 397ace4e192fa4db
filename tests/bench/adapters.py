"""
Measures what an adapter adds to the native endpoint that does the same work, in pairs.

One client on one connection sends the two requests of a pair right after each other, the order
changing from pair to pair, so that a busy machine slows both alike. An adapter that this version
does not have is left out.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from served import CORAL_SECRET, KEY, Service
from texts import ARTICLE, comment_text

__all__ = ["adapters"]

WARM_UP = 30
URL = "https://news.example/bench"
WHO = {"name": "Ana", "email": "ana@example.org", "ip": "192.0.2.7"}

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def native(path: str, comment: Mapping[str, object], article: object = None) -> Request:
    """Make a request of our own API."""
    body: dict[str, object] = {"comment": comment}
    if article is not None:
        body["article"] = article
    return _json(path, body, {"Authorization": f"Bearer {KEY}"})


def _json(path: str, body: object, headers: Mapping[str, str] | None = None) -> Request:
    sent = {"Content-Type": "application/json", **(headers or {})}
    return Request(path, json.dumps(body).encode(), sent)


def akismet(text: str, author: str) -> Request:
    """Ask Akismet's way whether a comment is spam; it is stored."""
    fields = {
        "api_key": KEY,
        "blog": "https://news.example/",
        "user_ip": WHO["ip"],
        "user_agent": "Mozilla/5.0",
        "permalink": URL,
        "comment_type": "comment",
        "comment_author": WHO["name"],
        "comment_author_email": f"{author}@example.org",
        "comment_content": text,
    }
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    return Request("/1.1/comment-check", urlencode(fields).encode(), {"Content-Type": kind})


def perspective(text: str, author: str) -> Request:
    """Ask Perspective's way, with the article; nothing is stored."""
    article = {"article": {"text": ARTICLE["body"]}}
    asked = ("TOXICITY", "INSULT", "SPAM", "OFF_TOPIC")
    return _json(
        f"/v1alpha1/comments:analyze?key={KEY}",
        {
            "comment": {"text": text},
            "context": {"articleAndParentComment": article},
            "requestedAttributes": {name: {} for name in asked},
            "doNotStore": True,
        },
    )


def openai(text: str, author: str) -> Request:
    """Ask OpenAI's way; nothing is stored."""
    return _json("/v1/moderations", {"input": text}, {"Authorization": f"Bearer {KEY}"})


def coral(text: str, author: str) -> Request:
    """Ask as Coral's external moderation phase does, signed; the comment is stored."""
    body = {
        "action": "NEW",
        "comment": {"body": text, "parentID": None},
        "author": {"id": author, "role": "COMMENTER"},
        "story": {"id": "bench", "url": URL},
    }
    made = _json("/coral/default", body)
    signature = hmac.new(CORAL_SECRET.encode(), made.body, hashlib.sha256).hexdigest()
    return Request(
        made.path, made.body, {**made.headers, "X-Coral-Signature": f"sha256={signature}"}
    )


def stored(text: str, author: str) -> Request:
    """Send a comment to be stored, with the article's address."""
    who = {**WHO, "email": f"{author}@example.org"}
    return native("/v1/comments", {"text": text, "author": who}, {"url": URL})


def scored(text: str, author: str) -> Request:
    """Score a comment with the article's text."""
    return native("/v1/score", {"text": text}, {"body": ARTICLE["body"]})


def scored_alone(text: str, author: str) -> Request:
    """Score a comment alone."""
    return native("/v1/score", {"text": text})


Make = Callable[[str, str], Request]
PAIRS: tuple[tuple[str, Make, Make], ...] = (
    ("Akismet comment-check, over /v1/comments", akismet, stored),
    ("Perspective analyze, over /v1/score", perspective, scored),
    ("OpenAI moderations, over /v1/score", openai, scored_alone),
    ("Coral external phase, over /v1/comments", coral, stored),
)


def adapters(service: Service, pairs: int) -> list[Row]:
    """Give a row for each adapter: its median time, the native one's, and the difference."""
    service.put_article({**ARTICLE, "url": URL})
    rows: list[Row] = []
    for name, adapter, plain in PAIRS:
        found = _measure(service, adapter, plain, pairs)
        if found is None:
            continue
        theirs, ours, apart = (statistics.median(times) for times in found)
        rows.append(
            (
                f"  {name}",
                f"{theirs:.2f} ms against {ours:.2f} ms: {apart:+.2f} ms, {apart / ours:+.1%}",
            )
        )
    return [(f"time an adapter adds, medians of {pairs} pairs, one client", ""), *rows]


def _measure(
    service: Service, adapter: Make, plain: Make, pairs: int
) -> tuple[list[float], list[float], list[float]] | None:
    """Give the milliseconds of both and their differences; None when there is no such address."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    number = time.monotonic_ns() % 10**9
    theirs: list[float] = []
    ours: list[float] = []
    for turn in range(WARM_UP + pairs):
        taken: dict[Make, float] = {}
        for make in (adapter, plain) if turn % 2 else (plain, adapter):
            # No text comes twice, and no author, so that neither finds what the other stored.
            number += 1
            status, milliseconds = _send(connection, make(comment_text(number), f"u{number}"))
            if make is adapter and status == 404:
                connection.close()
                return None
            if status >= 400:
                raise SystemExit(f"error: {make.__name__} was answered with {status}")
            taken[make] = milliseconds
        if turn >= WARM_UP:
            theirs.append(taken[adapter])
            ours.append(taken[plain])
    connection.close()
    return theirs, ours, [one - other for one, other in zip(theirs, ours, strict=True)]


def _send(connection: http.client.HTTPConnection, request: Request) -> tuple[int, float]:
    started = time.perf_counter_ns()
    connection.request("POST", request.path, request.body, dict(request.headers))
    response = connection.getresponse()
    response.read()
    return response.status, (time.perf_counter_ns() - started) / 1e6
