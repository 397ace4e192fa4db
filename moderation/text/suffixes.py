"""
Registered domains by the public suffix list, from the snapshot inside its package.

Loaded once, at the first host that needs it; never fetched.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from publicsuffixlist import PublicSuffixList

__all__ = ["is_known_suffix", "registered_domain"]

_lock = Lock()


@lru_cache(maxsize=1)
def _load() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def _suffixes() -> PublicSuffixList:
    # Reading the list takes a tenth of a second, so threads wait for one reading.
    with _lock:
        return _load()


@lru_cache(maxsize=8192)
def registered_domain(host: str) -> str:
    """
    Give the registered domain of an ASCII lower-case host name.

    Private suffixes count: a blog host's customers are different registrants. A host that is
    itself such a suffix, or has none that is known, gives its last two labels.
    """
    found: str | None = _suffixes().privatesuffix(host)
    return found or ".".join(host.split(".")[-2:])


@lru_cache(maxsize=8192)
def is_known_suffix(host: str) -> bool:
    """Whether `host` has at least one label in front of a suffix that exists."""
    suffix: str | None = _suffixes().publicsuffix(host)
    return bool(suffix) and (suffix != host or host.count(".") > 0)
