"""
Who calls: the API key behind a request, its scope and its rate.

Looks keys up and refuses; the store keeps them, `limits` counts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import current_app, g, request

from moderation.errors import AccessDenied, RateExceeded
from moderation.store import Store
from moderation.terms import Key, Scope
from moderation.web.limits import Limits, Usage

__all__ = ["KeyRing", "admit", "bearer", "caller", "find_key", "let_in"]

CACHE_SECONDS = 3.0
"""So long may a revoked key still be taken by another worker than the one that revoked it."""

_CACHE_ENTRIES = 4096


class KeyRing:
    """
    Finds keys by their secret and remembers the answer for a few seconds, misses too.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[Key | None, float]] = {}
        self._lock = threading.Lock()

    def find(self, secret: str) -> Key | None:
        """
        Give the key with this secret, None when there is none or it is revoked.

        Raises:
            StoreError: the store did not answer and the key is not remembered.
        """
        now = self._clock()
        known = self._known.get(secret)
        if known is not None and now < known[1]:
            return known[0]
        key = self._store.accounts.key_by_secret(secret)
        with self._lock:
            if len(self._known) >= _CACHE_ENTRIES:
                # Guessed secrets fill it; starting again costs each real key one read.
                self._known.clear()
            self._known[secret] = (key, now + CACHE_SECONDS)
        return key

    def forget(self) -> None:
        """Ask the store again from now on, as after a key was revoked."""
        with self._lock:
            self._known.clear()


def bearer() -> str | None:
    """Give the secret in ``Authorization: Bearer …``, None when there is no such header."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() or None if scheme.lower() == "bearer" else None


def admit(secret: str | None, scope: Scope) -> Key:
    """
    Let a request in: find its key, ask for the scope, count it. Adapters pass their own secret.

    Raises:
        AccessDenied: no key, an unknown one, or one without the scope.
        RateExceeded: the key used up its requests of this minute.
        StoreError: the store did not answer.
    """
    if not secret:
        raise AccessDenied("Send an API key: Authorization: Bearer KEY.")
    key = find_key(secret)
    if key is None:
        raise AccessDenied("This API key is not known or was revoked.")
    return let_in(key, scope)


def find_key(secret: str) -> Key | None:
    """
    Give the good key with this secret, None when there is none.

    Raises:
        StoreError: the store did not answer.
    """
    ring: KeyRing = current_app.extensions["moderation.keys"]
    return ring.find(secret)


def let_in(key: Key, scope: Scope) -> Key:
    """
    Let a request with this key in: count it, and ask for the scope.

    Raises:
        AccessDenied: the key lacks the scope.
        RateExceeded: the key used up its requests of this minute.
    """
    extensions = current_app.extensions
    g.key = key
    if key.per_minute:
        limits: Limits = extensions["moderation.limits"]
        now = extensions["moderation"].now()
        usage: Usage = limits.count(key.id, key.per_minute, now.timestamp())
        g.usage = usage
        if not usage.allowed:
            raise RateExceeded(retry_after_seconds=usage.resets_in_seconds)
    if scope not in key.scopes:
        raise AccessDenied(f"This key lacks the scope {scope.value}.", scope=scope.value)
    return key


def caller() -> Key | None:
    """Give the key of the request being served, once `admit` found it."""
    key: Key | None = g.get("key")
    return key
