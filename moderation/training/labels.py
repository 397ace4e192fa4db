"""
Labels from the store, as training rows: moderators' verdicts, and reports from outside.

A label teaches only the heads that its verdict speaks about; never a machine's decision.
"""

from __future__ import annotations

from collections.abc import Iterable

from moderation.terms import Label, RelevanceKind, VerdictAction, VerdictLabel
from moderation.training.rows import REPORTS, Row

__all__ = ["REPORT_WEIGHT", "rows_from_labels"]

REPORT_WEIGHT = 0.25
"""How much a report counts beside a moderator's verdict. Whoever uses a key with `score` alone may
be anybody the site lets near a form; decision record 0015."""

_KINDS = {
    VerdictLabel.ON_TOPIC: RelevanceKind.ON_TOPIC,
    VerdictLabel.GENERIC: RelevanceKind.GENERIC,
    VerdictLabel.OFF_TOPIC: RelevanceKind.OFF_TOPIC,
}


def rows_from_labels(labels: Iterable[Label]) -> list[Row]:
    """
    Turn labels into rows.

    Approving says "neither spam nor toxic", unless it names which of the two it is not. Rejecting
    says only what its labels name: a comment rejected as off topic is no evidence of spam, nor of
    the absence of spam.
    """
    return [_row(label) for label in labels]


def _row(label: Label) -> Row:
    named = set(label.labels)
    approved = label.action is VerdictAction.APPROVE
    denied = {VerdictLabel.NOT_SPAM, VerdictLabel.NOT_TOXIC} & named
    if approved and not denied:
        denied = {VerdictLabel.NOT_SPAM, VerdictLabel.NOT_TOXIC}
    spam = _said(named, denied, VerdictLabel.SPAM, VerdictLabel.NOT_SPAM)
    toxicity = _said(named, denied, VerdictLabel.TOXIC, VerdictLabel.NOT_TOXIC)
    kinds = [kind for name, kind in _KINDS.items() if name in named]
    article = label.article if label.article is not None and label.article.has_text else None
    substance = None
    if VerdictLabel.LOW_SUBSTANCE in named:
        substance = False
    elif approved and VerdictLabel.ON_TOPIC in named:
        substance = True
    group = label.comment_id
    if label.article is not None:
        group = label.article.id or label.article.url or label.comment_id
    return Row(
        text=label.text,
        source=REPORTS if label.reported else "labels",
        group=f"{label.site}/{group}",
        language=label.language,
        spam=spam,
        toxicity=toxicity,
        substance=substance,
        kind=kinds[0] if len(kinds) == 1 else None,
        # What is not toxic is of no kind of it; one that is, is of kinds nobody named.
        kinds=frozenset() if toxicity is False else None,
        article=article,
        parent=label.parent_text,
        weight=REPORT_WEIGHT if label.reported else 1.0,
    )


def _said(
    named: set[VerdictLabel], denied: set[VerdictLabel], yes: VerdictLabel, no: VerdictLabel
) -> bool | None:
    if yes in named:
        return None if no in named else True
    return False if no in denied else None
