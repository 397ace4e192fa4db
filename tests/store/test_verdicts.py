"""
Tests of verdicts as labels, on both databases.

Mirrors `moderation/store/verdicts.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from moderation.store import Audit, Audited, NewComment, Store
from moderation.terms import HEADS, Article, CaseKind, Status, VerdictAction, VerdictLabel
from tests.settling import settle

DRAWN, NOT_DRAWN = Audit(1.0, "SPAM", 0.3), Audit(0.0, "SPAM", 0.3)
APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT


def test_a_label_carries_the_texts_it_was_given_on(
    store: Store, new_comment: Callable[..., NewComment], now: datetime
) -> None:
    """Text, article, parent and detected language come along, of the site asked for."""
    article = store.articles.put("default", Article(id="a1", title="T", body="B"), "d", now)
    for site in ("default", "other"):
        key = article.key if site == "default" else None
        added, _ = store.comments.add(new_comment(site=site, article_key=key, language="fr"))
        verdict, _ = settle(
            store,
            added.id,
            VerdictAction.REJECT,
            now,
            labels=(VerdictLabel.OFF_TOPIC, VerdictLabel.OTHER),
            note="not a label",
            site=site,
        )
    (label,) = store.verdicts.labels(site="default")
    assert label.labels == (VerdictLabel.OFF_TOPIC, VerdictLabel.OTHER)
    assert label.article == Article(id="a1", title="T", body="B")
    assert (label.parent_text, label.language) == ("What was said before", "en")
    (elsewhere,) = store.verdicts.labels(site="other")
    assert (elsewhere.verdict_id, elsewhere.article) == (verdict.id, None)
    assert store.verdicts.count() == len(list(store.verdicts.labels())) == 2


def test_a_label_says_how_its_comment_came_before_a_person(
    store: Store, new_comment: Callable[..., NewComment], now: datetime
) -> None:
    """Held by the machine, drawn by lot, both, or picked by somebody."""
    ways = {
        "held": new_comment(held=0.5, audit=NOT_DRAWN),
        "drawn": new_comment(audit=DRAWN),
        "both": new_comment(held=0.5, audit=DRAWN),
        "picked": new_comment(),
    }
    for way, new in ways.items():
        text = replace(new, comment=replace(new.comment, text=way))
        settle(store, store.comments.add(text)[0].id, APPROVE, now)
    found = {label.text: (label.held, label.drawn) for label in store.verdicts.labels()}
    assert found == {
        "held": (True, False),
        "drawn": (False, True),
        "both": (True, True),
        "picked": (False, False),
    }


def test_the_machines_own_decision_is_no_label(
    store: Store, new_comment: Callable[..., NewComment]
) -> None:
    """Without a verdict there is nothing to learn from."""
    store.comments.add(new_comment(held=0.5))
    assert list(store.verdicts.labels()) == []
    assert store.verdicts.count() == 0


def test_a_drawn_comment_has_a_case_and_stands_as_decided(
    store: Store, new_comment: Callable[..., NewComment]
) -> None:
    """What the machine settled waits as an audit, under reason and priority given for it."""
    stored, _ = store.comments.add(new_comment(audit=DRAWN))
    assert stored.status is Status.APPROVED
    assert stored.case is not None
    assert (stored.case.kind, stored.case.reason, stored.case.priority) == (
        CaseKind.AUDIT,
        "SPAM",
        0.3,
    )
    assert store.comments.get(stored.id) == stored
    assert [entry.stored.id for entry in store.cases.queue(site="default")[0]] == [stored.id]


def test_a_drawn_comment_that_is_held_is_an_audit_too(
    store: Store, new_comment: Callable[..., NewComment]
) -> None:
    """Its case keeps the reason and the urgency it has anyway; one that is not drawn is held."""
    drawn = store.comments.add(new_comment(held=0.5, audit=DRAWN))[0].case
    assert drawn is not None
    assert (drawn.kind, drawn.reason, drawn.priority) == (CaseKind.AUDIT, "OFF_TOPIC", 0.5)
    held = store.comments.add(new_comment(held=0.5, audit=NOT_DRAWN))[0].case
    assert held is not None
    assert held.kind is CaseKind.HELD
    assert store.comments.add(new_comment(audit=NOT_DRAWN))[0].case is None


def test_about_the_share_is_drawn(store: Store, new_comment: Callable[..., NewComment]) -> None:
    """Of many comments a share of one half gives about half a case."""
    half = Audit(0.5, "SPAM", 0.3)
    cases = [store.comments.add(new_comment(audit=half))[0].case for _ in range(200)]
    # Ids are made by chance: outside of this once in ten million runs.
    assert 62 < sum(case is not None for case in cases) < 138


def test_audits_are_given_with_their_scores_and_newest_verdict(
    store: Store, new_comment: Callable[..., NewComment], now: datetime
) -> None:
    """Drawn and judged ones only, newest first; a correction counts, a deleted comment does not."""
    ids = {}
    for number, name in enumerate(("first", "corrected", "deleted", "waiting", "held")):
        audit = None if name == "held" else DRAWN
        held = {"held": 0.5} if name in ("held", "corrected") else {}
        at = now + timedelta(seconds=number)
        added, _ = store.comments.add(
            new_comment(site=name, audit=audit, received_at=at, text=name, **held)
        )
        ids[name] = added.id
        if name != "waiting":
            settle(store, added.id, APPROVE, at)
    settle(store, ids["corrected"], REJECT, now + timedelta(minutes=1))
    store.comments.delete(ids["deleted"], site=None, actor="reviewer:1", now=now)
    values = {**dict.fromkeys(HEADS, 0.25), "toxicity": None}
    assert store.verdicts.audited(most=10) == [
        Audited("corrected", "20260301-1", values, REJECT),
        Audited("first", "20260301-1", values, APPROVE),
    ]
    assert [audited.site for audited in store.verdicts.audited(most=1)] == ["corrected"]


def test_new_verdicts_on_audits_are_told_from_others(
    store: Store, new_comment: Callable[..., NewComment], now: datetime
) -> None:
    """Each one adds an id, also a correction in the same moment; other verdicts add none."""
    known = [store.verdicts.recent_audits()]
    for audit in (None, DRAWN, None):
        added, _ = store.comments.add(new_comment(held=0.5, audit=audit))
        if audit is DRAWN:
            drawn = added.id
        settle(store, added.id, REJECT, now)
        known.append(store.verdicts.recent_audits())
    settle(store, drawn, APPROVE, now)
    known.append(store.verdicts.recent_audits())
    assert [len(ids) for ids in known] == [0, 0, 1, 1, 2]
    assert known[2] == known[3] < known[4]
