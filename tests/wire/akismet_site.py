"""
What tests of Akismet's clients share: a running service, a key in their form, and what it stored.

Speaks the native API to the service; starts nothing.
"""

from __future__ import annotations

import json
import secrets
import urllib.request
from dataclasses import dataclass
from typing import Any

from tests.running import Running

__all__ = ["BLOG", "HAM", "SPAM", "Site", "make_site"]

BLOG = "https://blog.example/"
HAM = "My street was closed for a year, and the shops went one by one. Who signed for that?"
SPAM = (
    "Buy cheap viagra and replica watches now!!! Best casino bonus at http://bit.ly/x1"
    " http://win-big-casino.example http://pills.example whatsapp +44 7700 900123"
)


@dataclass(frozen=True, slots=True)
class Site:
    """
    A site of its own in a running service, so that no other test's comments count.

    Attributes:
        key: 12 lower-case hex digits, with the scopes `score` and `moderate`.
    """

    served: Running
    name: str
    key: str

    @property
    def host(self) -> str:
        """The service's host and port."""
        return self.served.url.partition("://")[2]

    def ask(self, method: str, path: str, body: object = None, key: str | None = None) -> Any:
        """Speak the native API, with the site's key unless another is given."""
        request = urllib.request.Request(
            self.served.url + path,
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {key or self.key}",
                "Content-Type": "application/json",
            },
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def comment(self, guid: str) -> Any:
        """Read a stored comment."""
        return self.ask("GET", f"/v1/comments/{guid}")

    def queue(self, status: str) -> list[Any]:
        """Read the queue."""
        items: list[Any] = self.ask("GET", f"/v1/queue?status={status}")["items"]
        return items


def make_site(served: Running, name: str, *scopes: str) -> Site:
    """Make a site with a key in the form that Akismet's clients want."""
    site = Site(served, name, secrets.token_hex(6))
    body = {
        "name": name,
        "site": name,
        "key": site.key,
        "scopes": list(scopes) or ["score", "moderate"],
    }
    site.ask("POST", "/v1/keys", body, key=served.key)
    return site
