"""
What `doctor` finds, as data: how it is to be taken, in words, with what to do about it.

Holds findings; asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from moderation.commands.visiting import Visitor

__all__ = ["Finding", "Level", "good", "is_local"]


class Level(StrEnum):
    """How a finding is to be taken."""

    GOOD = "ok"
    NOTE = "note"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; `advice` says what to do, empty where nothing is to be done."""

    level: Level
    what: str
    advice: str = ""


def good(what: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Level.GOOD, what)


def is_local(visitor: Visitor) -> bool:
    """Tell whether the service is on this machine, where nobody listens on the way."""
    try:
        return ip_address(visitor.host).is_loopback
    except ValueError:
        return visitor.host == "localhost" or visitor.host.endswith(".localhost")
