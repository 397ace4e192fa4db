"""
Signed form-time tokens: when a comment form was served, in a field nobody can forge.

Signs and reads; decides nothing about what a short time, or a token that comes again, means
(signals do).

A token names its site, the moment and a random number, and no article. Whoever can get a token for
one article can get one for any, so an article would stop nobody; but the address of a page has many
spellings, and a comment whose token names another of them would be suspected for nothing. What
stops a token from serving a flood is that the store remembers those that came with comments.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from moderation.terms import Form

__all__ = ["LIFETIME_SECONDS", "FormTokens"]

LIFETIME_SECONDS = 6 * 60 * 60
"""A page left open longer than this counts as sent without a valid token."""

_NONCE_BYTES = 8
# Two forms served in the same millisecond have different tokens.


class FormTokens:
    """
    Makes and reads the tokens of one installation.

    Args:
        secret: 16 random bytes or more, the same in every process.
    """

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeSerializer(secret, salt="form-token")

    def make(self, site: str, now: datetime) -> str:
        """Give a token that says when this site served a form."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return self._sign([site, int(now.timestamp() * 1000), nonce])

    def read(self, form: Form, site: str, now: datetime) -> Form:
        """
        Fill in what the form's token says: whether it holds and how long the form was open.

        A valid token's time outranks what the site measured itself. A valid token is given as it
        was made: a signature has many spellings, and one token must not pass for several.
        """
        if not form.token:
            return form
        try:
            signed_site, served_at, nonce = self._serializer.loads(form.token)
            seconds = (now - datetime.fromtimestamp(served_at / 1000, UTC)).total_seconds()
        except (BadData, TypeError, ValueError, OverflowError, OSError):
            # Anything but a token of ours: a forged, cut or foreign string.
            return replace(form, token_valid=False)
        if signed_site != site or not 0 <= seconds <= LIFETIME_SECONDS:
            return replace(form, token_valid=False)
        token = self._sign([signed_site, served_at, nonce])
        return replace(form, token=token, seconds=seconds, token_valid=True)

    def _sign(self, content: list[str | int]) -> str:
        token = self._serializer.dumps(content)
        return token if isinstance(token, str) else token.decode("ascii")
