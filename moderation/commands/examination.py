"""
What `doctor` looks at, one function a question, each with what it found and what to do about it.

Asks through a `Visitor` and prints nothing. It stores nothing at the service but its own requests.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from moderation.commands.examination_wires import FORM, akismet, openai, perspective
from moderation.commands.findings import Finding, Level, good, is_local
from moderation.commands.visiting import NoAnswer, Reply, Visitor
from moderation.signals import TEST_STRING

__all__ = ["QUESTIONS", "examine"]

_CLOCK_SECONDS = 30
_CERTIFICATE_DAYS = 14
_ROUNDS = 9
_CORAL_SECONDS, _SLOW_SECONDS = 0.2, 0.8
# What Coral waits for an external phase, and for Perspective, unless it is told otherwise.
_LARGE = 1_500_000
# More than the 1 MB that nginx takes by default, and less than the service's own 8 MB.

_TEXT = "My street was closed for a year, and the shops went one by one."
_ARTICLE = {"title": "Tram late again", "body": "The city council has put off the tram line."}


def examine(visitor: Visitor) -> Iterator[Finding]:
    """Ask every question in turn; where nobody answers at all, only the first."""
    try:
        yield from _address(visitor)
        first = visitor.ask("GET", "/healthz")
    except NoAnswer as error:
        yield Finding(Level.WRONG, f"Not reachable: {error}.", error.advice)
        return
    if first.status != 200 or first.json != {"status": "ok"}:
        yield _somebody_else(visitor, first)
        return
    yield good("The service answers.")
    for question in QUESTIONS:
        try:
            for finding in question(visitor):
                yield finding
                if question is _key and finding.level is Level.WRONG:
                    yield Finding(Level.NOTE, "The rest was not asked: it needs a good key.")
                    return
        except NoAnswer as error:
            name = question.__name__.strip("_").replace("_", " ")
            yield Finding(Level.WRONG, f"No answer about {name}: {error}.", error.advice)


def _address(visitor: Visitor) -> Iterator[Finding]:
    ends = visitor.certificate_ends()
    if ends is not None:
        days = (ends - datetime.now(UTC)).days
        if days < _CERTIFICATE_DAYS:
            yield Finding(
                Level.WARNING, f"The certificate ends in {days} days.", "See why it is not renewed."
            )
        else:
            yield good(f"TLS is good; the certificate ends in {days} days.")
    elif not is_local(visitor):
        yield Finding(
            Level.WARNING,
            "No TLS: keys and comments can be read on the way.",
            "Put a proxy with TLS in front; docs/migrating.md has examples.",
        )


def _somebody_else(visitor: Visitor, reply: Reply) -> Finding:
    server = reply.headers.get("server", "an unnamed server")
    if reply.status in (301, 302, 307, 308):
        to = reply.headers.get("location", "nowhere")
        return Finding(
            Level.WRONG,
            f"The address redirects to {to}; old clients do not follow.",
            "Use the address it leads to, or let the proxy serve this one.",
        )
    if reply.status in (502, 503, 504):
        return Finding(
            Level.WRONG,
            f"The proxy ({server}) answers {reply.status}: it cannot reach the service.",
            "Is the service running, on the port the proxy passes on to?",
        )
    return Finding(
        Level.WRONG,
        f"{server} answers, with {reply.status} {reply.kind or 'and nothing'}, and is not ours.",
        "Look at host, port and path; the service wants a host of its own, without a prefix.",
    )


def _readiness(visitor: Visitor) -> Iterator[Finding]:
    reply = visitor.ask("GET", "/readyz")
    parts = reply.json.get("parts", {}) if isinstance(reply.json, dict) else {}
    for name, part in parts.items():
        if not part.get("ready"):
            yield Finding(
                Level.WRONG, f"The {name} is not ready: {part.get('problem')}", "See its log."
            )
    model = parts.get("model", {})
    if model.get("refused"):
        yield Finding(
            Level.WARNING,
            f"A newer model is refused: {model['refused']}",
            "The old one serves on; `make train` makes a new one.",
        )
    if model.get("version"):
        yield good(f"Model {model['version']}, policy {parts.get('policy', {}).get('version')}.")


def _clock(visitor: Visitor) -> Iterator[Finding]:
    told = visitor.ask("GET", "/healthz").headers.get("date")
    if told is None:
        return
    try:
        apart = abs((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return
    if apart > _CLOCK_SECONDS:
        yield Finding(
            Level.WARNING,
            f"Its clock and the one here are {apart:,.0f} seconds apart.",
            "Set both by NTP: sign-in links, form tokens and the order of comments go by it.",
        )
    else:
        yield good("Its clock is right.")


def _key(visitor: Visitor) -> Iterator[Finding]:
    asked = {
        "score": visitor.send_json("/v1/score", {"comment": {"text": _TEXT}}),
        "moderate": visitor.get("/v1/queue?limit=1"),
        "admin": visitor.get("/v1/models"),
    }
    statuses = {scope: reply.status for scope, reply in asked.items()}
    if set(statuses.values()) == {401}:
        body = {"api_key": visitor.key, "key": visitor.key, "blog": visitor.origin}
        elsewhere = visitor.ask(
            "POST", "/1.1/verify-key", body=urlencode(body).encode(), headers=FORM
        )
        if elsewhere.text == "valid":
            yield Finding(
                Level.WRONG,
                "The key is good, but not in the Authorization header.",
                "The proxy takes that header away; let it pass it on.",
            )
            return
        yield Finding(
            Level.WRONG,
            "The key is not known here, or was revoked.",
            "See `python -m moderation keys list`, or make one with `keys add`.",
        )
        return
    has = [scope for scope, status in statuses.items() if status == 200]
    limited = [scope for scope, status in statuses.items() if status == 429]
    odd = [f"{scope}: {s}" for scope, s in statuses.items() if s not in (200, 401, 403, 429)]
    if odd:
        yield Finding(Level.WRONG, f"Odd answers about the key ({', '.join(odd)}).", "See its log.")
    if limited:
        yield Finding(
            Level.WARNING,
            "The key has used up its requests of this minute.",
            "Raise its limit (`keys add --per-minute`), or try again in a minute.",
        )
    if "score" in has:
        limit = asked["score"].headers.get("ratelimit-limit")
        rate = f"{limit} requests a minute" if limit else "no limit"
        yield good(f"The key is good: may {', '.join(has)}; {rate}.")
    elif not limited and not odd:
        yield Finding(
            Level.WRONG,
            f"The key may {', '.join(has) or 'nothing'}, but not score.",
            "Make one with the scope `score`.",
        )


def _scoring(visitor: Visitor) -> Iterator[Finding]:
    reply = visitor.send_json("/v1/score", {"comment": {"text": _TEXT}, "article": _ARTICLE})
    if reply.status in (401, 403, 429):
        return  # Said already.
    if reply.status != 200 or not isinstance(reply.json, dict):
        yield Finding(Level.WRONG, f"Scoring answers {reply.status}.", "See its log.")
        return
    answer = reply.json
    scores = answer.get("scores", {})
    missing = [name for name in ("spam", "toxicity", "relevance") if scores.get(name) is None]
    if missing:
        yield Finding(
            Level.WRONG, f"Without a score: {', '.join(missing)}.", "The check failed; see its log."
        )
    else:
        yield good(f"A comment is scored: {answer['decision']}, language {answer['language']}.")
    test = visitor.send_json("/v1/score", {"comment": {"text": f"Hello {TEST_STRING}"}})
    decision = test.json.get("decision") if isinstance(test.json, dict) else None
    if decision == "reject":
        yield good("The self-test string is rejected.")
    else:
        yield Finding(
            Level.WARNING,
            f"The self-test string is answered {decision!r}.",
            "Does the policy only watch (`shadow = true`), or leave out the rule TEST_REJECT?",
        )


def _speed(visitor: Visitor) -> Iterator[Finding]:
    request = {"comment": {"text": _TEXT}, "article": _ARTICLE}
    replies = [visitor.send_json("/v1/score", request) for _ in range(_ROUNDS)]
    times = sorted(reply.seconds for reply in replies if reply.status == 200)
    if not times:
        return
    middle, worst = statistics.median(times), times[-1]
    told = f"An answer takes {middle * 1000:.0f} ms from here, at most {worst * 1000:.0f} ms."
    if middle > _SLOW_SECONDS:
        yield Finding(Level.WRONG, told, "Coral gives up at 800 ms; is the machine overloaded?")
    elif worst > _CORAL_SECONDS:
        yield Finding(
            Level.NOTE, told, "Coral's external phase waits 200 ms unless it is told otherwise."
        )
    else:
        yield good(told)


def _large_bodies(visitor: Visitor) -> Iterator[Finding]:
    article = {"title": "Long", "body": "The tram is late again. " * (_LARGE // 24)}
    try:
        reply = visitor.send_json("/v1/score", {"comment": {"text": _TEXT}, "article": article})
    except NoAnswer as error:
        yield Finding(
            Level.WARNING,
            f"A body of {_LARGE / 1e6:.1f} MB is not taken: {error}.",
            "Look at the proxy's limit; nginx: client_max_body_size 8m;",
        )
        return
    if reply.status == 413:
        ours = reply.kind == "application/problem+json"
        whom = "the service" if ours else "the proxy"
        yield Finding(
            Level.WARNING,
            f"A body of {_LARGE / 1e6:.1f} MB is too large for {whom}.",
            "Raise MODERATION_MAX_BODY_BYTES." if ours else "nginx: client_max_body_size 8m;",
        )
    elif reply.status == 200:
        yield good(f"A body of {_LARGE / 1e6:.1f} MB is taken.")


def _errors(visitor: Visitor) -> Iterator[Finding]:
    reply = visitor.ask("GET", "/v1/no-such-address")
    if reply.kind != "application/problem+json":
        yield Finding(
            Level.WARNING,
            f"Errors come back as {reply.kind or 'nothing'} instead of JSON.",
            "The proxy puts its own pages in their place; nginx: proxy_intercept_errors off;",
        )
    if not is_local(visitor) and visitor.ask("GET", "/metrics").status == 200:
        yield Finding(
            Level.WARNING,
            "Everyone can read /metrics.",
            "Let the proxy refuse it, as in docs/operating.md.",
        )


QUESTIONS: tuple[Callable[[Visitor], Iterator[Finding]], ...] = (
    _readiness,
    _clock,
    _key,
    _scoring,
    _speed,
    _large_bodies,
    _errors,
    akismet,
    perspective,
    openai,
)
"""Asked in this order, each for itself: one that breaks keeps no other from being asked."""
