"""
Signed form-time tokens: when a comment form was served, in a field nobody can forge.

Signs and reads; decides nothing about what a short time means (a signal does).
"""

from __future__ import annotations

from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from moderation.terms import Form

__all__ = ["LIFETIME_SECONDS", "FormTokens"]

LIFETIME_SECONDS = 6 * 60 * 60
"""A page left open longer than this counts as sent without a valid token."""


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
        token = self._serializer.dumps([site, int(now.timestamp() * 1000)])
        return token if isinstance(token, str) else token.decode("ascii")

    def read(self, form: Form, site: str, now: datetime) -> Form:
        """
        Fill in what the form's token says: whether it holds and how long the form was open.

        A valid token's time outranks what the site measured itself.
        """
        if not form.token:
            return form
        seconds = self._age_seconds(form.token, site, now)
        valid = seconds is not None and 0 <= seconds <= LIFETIME_SECONDS
        return Form(
            honeypot=form.honeypot,
            token=form.token,
            seconds=seconds if valid else form.seconds,
            token_valid=valid,
        )

    def _age_seconds(self, token: str, site: str, now: datetime) -> float | None:
        try:
            signed_site, served_at = self._serializer.loads(token)
            if signed_site != site:
                return None
            return (now - datetime.fromtimestamp(served_at / 1000, UTC)).total_seconds()
        except (BadData, TypeError, ValueError, OverflowError, OSError):
            # Anything but a token of ours: a forged, cut or foreign string.
            return None
