"""
Tests of reports from outside, on both databases.

Mirrors `moderation/store/reports.py`, and `Comments.find_same`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from moderation.errors import NotFound, StoreError
from moderation.store import NewComment, Store
from moderation.store.engine import Database, parse_url
from moderation.terms import Article, VerdictAction, VerdictLabel
from tests.settling import settle

APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT
Make = Callable[..., NewComment]


def report(
    store: Store, id: str, now: datetime, action: VerdictAction = REJECT, **more: Any
) -> Any:
    labels = (VerdictLabel.SPAM,) if action is REJECT else (VerdictLabel.NOT_SPAM,)
    more.setdefault("site", "default")
    return store.reports.add(id, actor="key:k", action=action, labels=labels, now=now, **more)


def test_a_report_is_read_back_with_its_comment(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """It stands beside the comment, oldest first, and in the log without any text."""
    added, _ = store.comments.add(new_comment(held=0.2))
    first, _ = report(store, added.id, now)
    second, stored = report(store, added.id, now + timedelta(seconds=1), APPROVE)
    assert stored.reports == (first, second)
    assert store.comments.get(added.id).reports == (first, second)
    newest = store.events.recent(limit=1)[0]
    assert (newest.kind, newest.subject) == ("comment.reported", added.id)
    assert newest.data == {"action": "approve", "labels": ["not_spam"], "report": second.id}


def test_reports_only_grow(store: Store, store_url: str, new_comment: Make, now: datetime) -> None:
    """The database itself refuses to change or drop one."""
    added, _ = store.comments.add(new_comment())
    report(store, added.id, now)
    behind = Database(parse_url(store_url))
    for change in ("UPDATE reports SET action = 'approve'", "DELETE FROM reports"):
        with pytest.raises(StoreError):
            behind.write(lambda connection, change=change: connection.execute(text(change)))
    behind.close()


def test_another_sites_comment_cannot_be_reported(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Nor can one that is not there; nothing is written."""
    added, _ = store.comments.add(new_comment(site="other"))
    for id in (added.id, "0" * 32):
        with pytest.raises(NotFound):
            report(store, id, now)
    assert store.comments.get(added.id).reports == ()


def test_the_newest_report_of_an_unjudged_comment_is_its_label(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Of many comments, each once; a verdict takes the place of any report."""
    article = store.articles.put("default", Article(id="a1", title="T", body="B"), "d", now)
    ids = []
    for number in range(203):
        made = new_comment(text=f"number {number}", article_key=article.key, held=0.2)
        ids.append(store.comments.add(made)[0].id)
    for id in ids:
        report(store, id, now)
    report(store, ids[0], now + timedelta(seconds=1), APPROVE)
    settle(store, ids[1], APPROVE, now)
    found = {label.comment_id: label for label in store.reports.labels(site="default")}
    assert set(found) == set(ids) - {ids[1]}
    label = found[ids[0]]
    assert (label.action, label.labels) == (APPROVE, (VerdictLabel.NOT_SPAM,))
    assert (label.text, label.article) == ("number 0", Article(id="a1", title="T", body="B"))
    assert label.reported
    assert list(store.reports.labels(site="other")) == []
    assert [each.comment_id for each in store.verdicts.labels()] == [ids[1]]


def test_a_report_moves_its_case_forward_and_no_other(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Its priority rises; a higher one stays."""
    low, high = (store.comments.add(new_comment(held=held))[0].id for held in (0.2, 0.9))
    for id in (low, high):
        report(store, id, now)
    case = store.comments.get(low).case
    assert case is not None
    assert 0.5 < case.priority < 0.9
    entries, _ = store.cases.queue(site="default")
    assert [(e.stored.id, e.case.version) for e in entries] == [(high, 1), (low, 1)]


def test_the_same_text_is_found_by_author_and_page(
    store: Store, new_comment: Make, now: datetime
) -> None:
    """Who contradicts is not meant; who agrees in more is; among several people's nobody is."""
    pages = {name: f"https://news.example/{name}" for name in "ab"}
    ids = {}
    for author, page in (("x", "a"), ("x", "b"), ("y", "a"), (None, "b")):
        made = new_comment(author_key=author, permalink=pages[page], fingerprint=7)
        ids[author, page] = store.comments.add(made)[0].id

    def find(author: str | None, page: str | None, fingerprint: int = 7) -> str | None:
        link = page and pages[page]
        return store.comments.find_same("default", fingerprint, author_key=author, permalink=link)

    assert find("x", "a") == ids["x", "a"]
    assert find("y", None) == ids["y", "a"]
    assert find("z", "b") == ids[None, "b"]
    assert find("z", "a") is None
    assert find(None, "a") is None
    assert find(None, None) is None
    assert find("x", "a", fingerprint=8) is None
    assert store.comments.find_same("other", 7, author_key="x", permalink=None) is None
    store.comments.delete(ids["x", "a"], site=None, actor="key:k", now=now)
    assert find("x", "a") is None
