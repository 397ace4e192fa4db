"""
Texts that somebody might send, for tests that must hold for all of them.

Strategies only; they know nothing of what is tested.
"""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["any_text", "mixed"]


def any_text(max_size: int) -> st.SearchStrategy[str]:
    """Give any text at all, lone surrogates included."""
    return st.text(alphabet=st.characters(exclude_categories=()), max_size=max_size)


def mixed(*pieces: str, max_size: int = 15) -> st.SearchStrategy[str]:
    """Give texts put together of these pieces, at most `max_size` of them."""
    return st.lists(st.sampled_from(pieces), max_size=max_size).map("".join)
