"""
Any JSON at all, for tests that no request makes a service break.

Makes values and the bytes of a request; sends none.
"""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

__all__ = ["JSON", "bytes_of", "many_times"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def many_times(examples: int) -> settings:
    """Give the settings under which a service of its own tries so many, the same ones each time."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def bytes_of(body: Any) -> bytes:
    """Give what a client would send; where JSON cannot say it, something that is none."""
    try:
        return orjson.dumps(body)
    except (TypeError, orjson.JSONEncodeError):
        return repr(body).encode("utf-8", "surrogatepass")
