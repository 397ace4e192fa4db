"""
Signals of contact details: ways to draw a reader off the site.

Reads the contacts the text room found; writes none of them to a log.
"""

from __future__ import annotations

from moderation.signals.evidence import Evidence, spans_of
from moderation.terms import Signal

__all__ = ["contact_email", "contact_handle", "contact_phone"]


def contact_email(evidence: Evidence) -> Signal | None:
    """
    Gives an e-mail address.

    Hit: "Write to loans@quick.example". Near miss: "Meet me @ noon".
    """
    return _signal("CONTACT_EMAIL", "email", "Gives an e-mail address", evidence)


def contact_phone(evidence: Evidence) -> Signal | None:
    """
    Gives a telephone number.

    Hit: "Call +44 20 7946 0958 now". Near miss: "In 2019 it cost 1,250,000 dollars".
    """
    return _signal("CONTACT_PHONE", "phone", "Gives a telephone number", evidence)


def contact_handle(evidence: Evidence) -> Signal | None:
    """
    Gives a messenger account.

    Hit: "Telegram: @quickprofit_77". Near miss: "They banned Telegram last year".
    """
    return _signal("CONTACT_HANDLE", "handle", "Gives a messenger account", evidence)


def _signal(name: str, kind: str, message: str, evidence: Evidence) -> Signal | None:
    if not evidence.contacts:
        return None
    found = [contact for contact in evidence.contacts if contact.kind == kind]
    if not found:
        return None
    different = len({contact.value for contact in found})
    # The value itself stays out of the sentence: it may be somebody's private number.
    strength = min(1.0, 0.5 + 0.2 * different)
    return Signal(name, strength, f"{message}.", spans_of([contact.span for contact in found]))
