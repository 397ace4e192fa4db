"""
Tests of form tokens that come again, on both databases.

Mirrors `moderation/store/form_tokens.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from moderation.store import NewComment, Store
from moderation.store.form_tokens import MOST_USES
from moderation.terms import Form

Make = Callable[..., NewComment]


def _form(token: str | None, valid: bool | None = True) -> Form:
    return Form(token=token, seconds=60, token_valid=valid)


def test_comments_with_one_token_are_counted(store: Store, new_comment: Make) -> None:
    """Another token, and a form without one, count nothing."""
    for n in range(3):
        assert store.comments.token_uses(_form("a.b")) == n
        store.comments.add(new_comment(form=_form("a.b")))
    assert store.comments.token_uses(_form("a.c")) == 0
    assert store.comments.token_uses(None) == 0


@pytest.mark.parametrize("form", [_form("a.b", False), _form("", True), _form(None, None)])
def test_only_a_valid_token_is_remembered(store: Store, new_comment: Make, form: Form) -> None:
    """What anybody can make up must not use up what the service gave."""
    store.comments.add(new_comment(form=form))
    assert store.comments.token_uses(form) == 0
    assert store.comments.token_uses(_form("a.b")) == 0


def test_counting_ends(store: Store, new_comment: Make) -> None:
    """A flood under one token costs each of its comments no more than a few rows."""
    for _ in range(MOST_USES + 2):
        store.comments.add(new_comment(form=_form("a.b")))
    assert store.comments.token_uses(_form("a.b")) == MOST_USES


def test_a_deleted_comment_forgets_its_token(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Nothing that came with it stays."""
    added, _ = store.comments.add(new_comment(form=_form("a.b")))
    store.comments.delete(added.id, site=None, actor="system", now=now)
    assert store.comments.token_uses(_form("a.b")) == 0
