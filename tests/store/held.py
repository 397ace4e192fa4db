"""
Held comments and their verdicts, as tests of cases need them.

Writes through the store under test; asserts nothing of what it answers but that a case was opened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from moderation.store import NewComment, Store, StoredComment
from moderation.terms import Case, Verdict, VerdictAction

__all__ = ["Make", "hold", "settle"]

Make = Callable[..., NewComment]
"""Makes a comment to be stored; the `new_comment` fixture."""


def hold(store: Store, new: NewComment) -> Case:
    """Store a comment that is held; give its case."""
    case = store.comments.add(new)[0].case
    assert case is not None
    return case


def settle(store: Store, case: Case, **changes: Any) -> tuple[Verdict, StoredComment]:
    """Approve a comment as its first reviewer would, a minute later, but for what is given."""
    given: dict[str, Any] = {
        "site": None,
        "actor": "reviewer:1",
        "action": VerdictAction.APPROVE,
        "labels": (),
        "note": None,
        "version": case.version,
        "now": case.opened_at + timedelta(minutes=1),
    }
    return store.cases.settle(case.comment_id, **{**given, **changes})
