"""
What `doctor` looks at in the protocols of others: Akismet, Perspective, OpenAI's moderations.

Asks through a `Visitor` and prints nothing; an address that is not there is a note, not an error.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from urllib.parse import quote, urlencode

from moderation.commands.findings import Finding, Level, good, is_local
from moderation.commands.visiting import NoAnswer, Reply, Visitor

__all__ = ["FORM", "akismet", "openai", "perspective"]

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
_TEXT = "My street was closed for a year, and the shops went one by one."


def akismet(visitor: Visitor) -> Iterator[Finding]:
    """Ask whether the key is taken in each of the places where clients put it."""

    def verify(fields: dict[str, str], headers: dict[str, str], host: str | None = None) -> Reply:
        body = urlencode({"blog": visitor.origin, **fields}).encode()
        path = "/1.1/verify-key"
        return visitor.ask("POST", path, body=body, headers={**FORM, **headers}, host=host)

    key = visitor.key
    basic = base64.b64encode(f"{key}.x:".encode()).decode()
    places = {
        "the field key": verify({"key": key}, {}),
        "the field api_key": verify({"api_key": key}, {}),
        "the user name of Basic": verify({}, {"Authorization": f"Basic {basic}"}),
    }
    if all(reply.status == 404 for reply in places.values()):
        yield Finding(Level.NOTE, "Akismet's addresses are not offered by this version.")
        return
    taken = [place for place, reply in places.items() if reply.text == "valid"]
    for place, reply in places.items():
        if place not in taken:
            yield Finding(
                Level.WRONG,
                f"Akismet: the key in {place} is answered {reply.text[:40]!r} ({reply.status}).",
                "Needs the scope `score`." if reply.text == "invalid" else "See its log.",
            )
    if taken:
        yield good(f"Akismet: the key is taken in {', '.join(taken)}.")
    yield from _host_name(visitor, verify)
    if len(key) != 12:
        yield Finding(
            Level.NOTE,
            f"The key has {len(key)} characters; WordPress's plugin takes only keys of exactly 12.",
            "For WordPress make one: POST /v1/keys with a `key` of 12 hexadecimal digits.",
        )
    if key != key.lower():
        yield Finding(
            Level.NOTE, "The key has capitals, which are lost in a host name.", "Use lower case."
        )


def _host_name(visitor: Visitor, verify: Callable[..., Reply]) -> Iterator[Finding]:
    """Try the key as the first label of the host, as old clients send it."""
    try:
        ip_address(visitor.host)
    except ValueError:
        name = f"{visitor.key}.{visitor.host}".lower()
    else:
        name = f"{visitor.key}.localhost".lower()
    if not all(part.replace("-", "").isalnum() for part in name.split(".")):
        return
    try:
        reply = verify({}, {}, name)
    except NoAnswer as error:
        yield Finding(
            Level.NOTE,
            f"Akismet: {name} does not work: {error}.",
            f"Only for old clients: a certificate and a proxy for *.{visitor.host}.",
        )
        return
    if reply.text != "valid":
        yield Finding(
            Level.NOTE,
            f"Akismet: the key in the host name is answered {reply.text[:40]!r} ({reply.status}).",
            f"Only for old clients: the proxy must serve *.{visitor.host} and pass Host on.",
        )
    elif not is_local(visitor) and not visitor.resolves(name):
        yield Finding(
            Level.NOTE,
            f"Akismet: the key in the host name would work, but {name} leads nowhere.",
            f"Only for old clients: make the DNS record *.{visitor.host}.",
        )
    else:
        yield good("Akismet: the key is taken in the host name too.")


def perspective(visitor: Visitor) -> Iterator[Finding]:
    """Ask whether the discovery document names the outside address, and for one analysis."""
    reply = visitor.ask("GET", "/$discovery/rest?version=v1alpha1")
    if reply.status == 404:
        yield Finding(Level.NOTE, "Perspective's addresses are not offered by this version.")
        return
    root = reply.json.get("rootUrl") if isinstance(reply.json, dict) else None
    if root != f"{visitor.origin}{visitor.prefix}/":
        yield Finding(
            Level.WRONG,
            f"Perspective: the discovery document sends clients to {root}.",
            "Set MODERATION_PUBLIC_URL to this address, or MODERATION_TRUSTED_PROXIES and let the"
            " proxy send X-Forwarded-Proto and X-Forwarded-Host.",
        )
    else:
        yield good("Perspective: the discovery document names this address.")
    request = {"comment": {"text": _TEXT}, "requestedAttributes": {"TOXICITY": {}}}
    for colon in (":", "%3A"):
        path = f"/v1alpha1/comments{colon}analyze?key={quote(visitor.key, safe='')}"
        headers = {"Content-Type": "application/json"}
        reply = visitor.ask("POST", path, body=json.dumps(request).encode(), headers=headers)
        scores = reply.json.get("attributeScores", {}) if isinstance(reply.json, dict) else {}
        if reply.status != 200 or "TOXICITY" not in scores:
            yield Finding(
                Level.WRONG,
                f"Perspective: comments{colon}analyze answers {reply.status}.",
                _said(reply) or "Does the proxy rewrite the path?",
            )
            return
    yield good("Perspective: a comment is analysed.")


def openai(visitor: Visitor) -> Iterator[Finding]:
    """Ask for one moderation."""
    reply = visitor.send_json("/v1/moderations", {"input": _TEXT})
    if reply.status == 404:
        yield Finding(Level.NOTE, "OpenAI's address is not offered by this version.")
    elif reply.status == 200 and isinstance(reply.json, dict) and reply.json.get("results"):
        yield good("OpenAI: a text is moderated.")
    else:
        yield Finding(Level.WRONG, f"OpenAI: answers {reply.status}.", _said(reply))


def _said(reply: Reply) -> str:
    error = reply.json.get("error") if isinstance(reply.json, dict) else None
    return str(error.get("message", "")) if isinstance(error, dict) else ""
