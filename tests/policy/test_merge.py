"""Merging one policy table over another."""

from __future__ import annotations

from moderation.policy.merge import merge


def test_merge_changes_neither_side():
    """Merging makes something new: the default serves every site."""
    under = {"a": {"b": [1]}, "c": 1}
    over = {"a": {"add_b": [2, 1]}, "d": 2}
    assert merge(under, over) == {"a": {"b": [1, 2]}, "c": 1, "d": 2}
    assert under == {"a": {"b": [1]}, "c": 1}
    assert over == {"a": {"add_b": [2, 1]}, "d": 2}


def test_merge_adds_to_a_list_replaced_in_the_same_table():
    """`NAME` first, then `add_NAME`, whatever order they are written in."""
    assert merge({"b": [1]}, {"add_b": [3], "b": [2]}) == {"b": [2, 3]}
