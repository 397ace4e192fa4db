"""
Text as training and serving both see it: normalised, with links, contacts, language and hashes.

Imports nothing of the project but `terms`; every function is pure and total.
"""

from __future__ import annotations

from moderation.text.contacts import Contact, find_contacts
from moderation.text.fingerprint import (
    NEAR_BITS,
    Fingerprints,
    fingerprint,
    fingerprints,
    hamming,
    simhash,
    sketch,
)
from moderation.text.language import UNKNOWN, detect_language, likeliest_language
from moderation.text.links import Link, find_links
from moderation.text.normalise import Change, Text, normalise
from moderation.text.sentences import split_sentences

__all__ = [
    "NEAR_BITS",
    "UNKNOWN",
    "Change",
    "Contact",
    "Fingerprints",
    "Link",
    "Text",
    "detect_language",
    "find_contacts",
    "find_links",
    "fingerprint",
    "fingerprints",
    "hamming",
    "likeliest_language",
    "normalise",
    "simhash",
    "sketch",
    "split_sentences",
]
