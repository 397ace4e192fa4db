"""
Tests of verdicts as labels, on both databases.

Mirrors `moderation/store/verdicts.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from moderation.store import NewComment, Store
from moderation.terms import Article, VerdictAction, VerdictLabel


def test_a_label_carries_the_texts_it_was_given_on(
    store: Store, new_comment: Callable[..., NewComment], now: datetime
) -> None:
    """Text, article, parent and detected language come along, of the site asked for."""
    article = store.articles.put("default", Article(id="a1", title="T", body="B"), "d", now)
    for site in ("default", "other"):
        key = article.key if site == "default" else None
        added, _ = store.comments.add(new_comment(site=site, article_key=key, language="fr"))
        verdict, _ = store.cases.settle(
            added.id,
            site=site,
            actor="reviewer:1",
            action=VerdictAction.REJECT,
            labels=(VerdictLabel.OFF_TOPIC, VerdictLabel.OTHER),
            note="not a label",
            version=None,
            now=now,
        )
    (label,) = store.verdicts.labels(site="default")
    assert label.labels == (VerdictLabel.OFF_TOPIC, VerdictLabel.OTHER)
    assert label.article == Article(id="a1", title="T", body="B")
    assert (label.parent_text, label.language) == ("What was said before", "en")
    (elsewhere,) = store.verdicts.labels(site="other")
    assert (elsewhere.verdict_id, elsewhere.article) == (verdict.id, None)
    assert store.verdicts.count() == len(list(store.verdicts.labels())) == 2


def test_the_machines_own_decision_is_no_label(
    store: Store, new_comment: Callable[..., NewComment]
) -> None:
    """Without a verdict there is nothing to learn from."""
    store.comments.add(new_comment(held=0.5))
    assert list(store.verdicts.labels()) == []
    assert store.verdicts.count() == 0
