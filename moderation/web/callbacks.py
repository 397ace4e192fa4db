"""
Tells clients that an answer they got was wrong, once a person has said so.

Takes what is due from the store and sends it, outside of every request; what is said is the
adapters'.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from moderation.errors import ModerationError, OutboundFailed, OutboundRefused, describe
from moderation.store import Correction, Store
from moderation.watcher import Watcher
from moderation.web.outbound import fetch

__all__ = ["Callbacks"]

PAUSE_SECONDS = 2.0
"""Between two looks for corrections; a look that finds none is one indexed read."""

TIMEOUT_SECONDS = 5.0

_AT_ONCE = 20
_LEASE_SECONDS = 3 * 60
# Longer than it takes to send as many, each until its time limit.

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440))
# After so many failures it is given up: a site that is away for two days asks again itself.

KEPT = timedelta(days=30)
"""So long after an answer it may be corrected; then the client's address and key are forgotten."""

_CLEAN_EVERY = timedelta(hours=1)

_log = logging.getLogger(__name__)


class Callbacks:
    """
    Sends corrections, one after the other, from a thread of its own.

    Every process may run one: what one has taken, no other takes. A correction may arrive twice,
    when the process dies between sending and noting it; clients take it twice alike.

    Args:
        body_of: gives the JSON body for a correction.
        now: gives the current time, aware UTC.
        trusted: hosts, lower case, that may be on private networks.
    """

    def __init__(
        self,
        store: Store,
        *,
        body_of: Callable[[Correction], bytes],
        now: Callable[[], datetime],
        trusted: frozenset[str] = frozenset(),
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._store = store
        self._body_of = body_of
        self._now = now
        self._trusted = trusted
        self._timeout_seconds = timeout_seconds
        self._clean_at: datetime | None = None
        self._watcher = Watcher(
            "callbacks",
            self.send_due,
            pause_seconds=pause_seconds,
            patience_seconds=timeout_seconds + 1,
        )

    def send_due(self) -> int:
        """
        Send what is due now; give how many corrections arrived.

        Raises:
            StoreError: the store does not answer; what was taken is due again later.
        """
        now = self._now()
        if self._clean_at is None or now >= self._clean_at:
            self._clean_at = now + _CLEAN_EVERY
            self._store.replies.forget_callbacks(before=now - KEPT)
        taken = self._store.replies.due(now, limit=_AT_ONCE, lease_seconds=_LEASE_SECONDS)
        return sum(self._send(correction) for correction in taken if not self._watcher.stopping)

    def start(self) -> None:
        """Begin to send in a daemon thread."""
        self._watcher.start()

    def stop(self) -> None:
        """Stop sending; safe to call twice."""
        self._watcher.stop()

    def _send(self, correction: Correction) -> bool:
        replies, about = self._store.replies, {"comment": correction.comment_id}
        try:
            answer = fetch(
                correction.url,
                method="POST",
                body=self._body_of(correction),
                headers={"Content-Type": "application/json"},
                timeout_seconds=self._timeout_seconds,
                max_bytes=4096,
                trusted=self._trusted,
            )
            if not 200 <= answer.status < 300:
                raise OutboundFailed(f"answered {answer.status}")
        except ModerationError as error:
            # Neither the address nor the other side's words belong into a log.
            final = isinstance(error, OutboundRefused) or correction.tries > len(_WAITS)
            _log.warning("a correction did not arrive", extra={**about, **describe(error)})
            at = None if final else self._now() + _WAITS[correction.tries - 1]
            replies.retry(correction, at=at)
            return False
        replies.told(correction, now=self._now())
        _log.info("a correction arrived", extra=about)
        return True
