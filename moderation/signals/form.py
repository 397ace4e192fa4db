"""
Signals of the site's comment form, which let it drop its captcha; and the self-test string.

Believes what the site's server observed; checks no token itself.
"""

from __future__ import annotations

from moderation.signals.evidence import Evidence
from moderation.terms import Signal, Span

__all__ = [
    "FAST_SECONDS",
    "TEST_STRING",
    "form_token_invalid",
    "form_token_reused",
    "form_too_fast",
    "honeypot_filled",
    "test_reject",
]

TEST_STRING = "MODERATION-SELF-TEST*REJECT-THIS-COMMENT*7C1F0A52E6D94B38"
"""A comment with this in it is rejected by the shipped policy, so that an installation can be tried
without writing spam. No reader writes it by chance."""

FAST_SECONDS = 6.0
"""Nobody reads a form, writes a thought and sends it in less."""

MANY_USES = 5
"""Earlier comments from which on a token counts as shared: people write two or three answers under
the page they opened once, a program that fetched one token writes as many as it can."""


def test_reject(evidence: Evidence) -> Signal | None:
    """
    Contains the self-test string.

    Hit: the string of `TEST_STRING` anywhere in the text. Near miss: the same cut short.
    """
    start = evidence.comment.text.find(TEST_STRING)
    if start < 0:
        return None
    span = Span(start, start + len(TEST_STRING))
    return Signal("TEST_REJECT", 1.0, "Contains the self-test string.", (span,))


def honeypot_filled(evidence: Evidence) -> Signal | None:
    """
    Was sent by a program that filled a field people cannot see.

    Hit: a honeypot of "http://x.example". Near miss: one of spaces only.
    """
    form = evidence.comment.form
    if form is None or not (form.honeypot or "").strip():
        return None
    message = "Was sent by a program that filled a field people cannot see."
    return Signal("HONEYPOT_FILLED", 1.0, message)


def form_too_fast(evidence: Evidence) -> Signal | None:
    """
    Was sent too soon after the form was shown.

    Hit: after one second. Near miss: after ten.
    """
    form = evidence.comment.form
    # A comparison with not-a-number is false, so a broken value is no evidence.
    if form is None or form.seconds is None or not form.seconds < FAST_SECONDS:
        return None
    seconds = max(0.0, form.seconds)
    strength = 1.0 - seconds / FAST_SECONDS
    message = f"Was sent too soon after the form was shown ({seconds:.1f} seconds)."
    return Signal("FORM_TOO_FAST", round(max(strength, 0.001), 3), message)


def form_token_invalid(evidence: Evidence) -> Signal | None:
    """
    Was sent with a forged or expired form token.

    Hit: a token whose signature does not hold. Near miss: a form without any token.
    """
    form = evidence.comment.form
    if form is None or form.token_valid is not False:
        return None
    message = "Was sent with a forged or expired form token."
    return Signal("FORM_TOKEN_INVALID", 1.0, message)


def form_token_reused(evidence: Evidence) -> Signal | None:
    """
    Was sent with a form token that was used before.

    Hit: the sixth comment with one token. Near miss: the first.
    """
    uses = evidence.token_uses
    if uses < 1:
        return None
    times = "once" if uses == 1 else f"{uses} times"
    message = f"Was sent with a form token that was used before ({times})."
    return Signal("FORM_TOKEN_REUSED", min(1.0, uses / MANY_USES), message)
