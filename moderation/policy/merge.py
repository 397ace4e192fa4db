"""
Lays one policy over another: the file over the shipped default, a site's table over both.

Knows the shape of the content only; whether it is valid is seen after merging.
"""

from __future__ import annotations

from collections.abc import Mapping

from moderation.errors import PolicyError
from moderation.policy.table import dotted

__all__ = ["merge"]

_ADD = "add_"


def merge(
    under: Mapping[str, object], over: Mapping[str, object], path: tuple[str, ...] = ()
) -> dict[str, object]:
    """
    Give `under` with `over` laid over it; neither is changed.

    Tables merge key by key; plain values and lists replace; ``add_NAME`` adds to the list NAME. An
    added table with a `name` that the list has already takes that one's place, which is how a rule
    is changed without writing out all others.

    Args:
        path: keys from the top of the file to `over`, for errors.

    Raises:
        PolicyError: an ``add_NAME`` that is no list.
    """
    merged = dict(under)
    added: dict[str, list[object]] = {}
    for key, value in over.items():
        target = key.removeprefix(_ADD)
        if key.startswith(_ADD) and isinstance(over.get(target, under.get(target)), list):
            if not isinstance(value, list):
                raise PolicyError("must be a list", field=dotted(*path, key))
            added[target] = value
        elif isinstance(value, dict) and isinstance(below := merged.get(key, {}), dict):
            merged[key] = merge(below, value, (*path, key))
        else:
            merged[key] = value
    # Last, so that the order of `NAME` and `add_NAME` within a table does not matter.
    for target, values in added.items():
        present = merged[target]
        merged[target] = _add(present if isinstance(present, list) else [], values)
    return merged


def _add(present: list[object], more: list[object]) -> list[object]:
    result = list(present)
    for value in more:
        name = value.get("name") if isinstance(value, dict) else None
        places = [
            index
            for index, old in enumerate(result)
            if name is not None and isinstance(old, dict) and old.get("name") == name
        ]
        if places:
            result[places[0]] = value
        elif value not in result:
            result.append(value)
    return result
