"""
Moderators' labels from the store, as training rows.

A label teaches only the heads that its verdict speaks about; never a machine's decision.
"""

from __future__ import annotations

from collections.abc import Iterable

from moderation.terms import Label, RelevanceKind, VerdictAction, VerdictLabel
from moderation.training.rows import Row

__all__ = ["rows_from_labels"]

_KINDS = {
    VerdictLabel.ON_TOPIC: RelevanceKind.ON_TOPIC,
    VerdictLabel.GENERIC: RelevanceKind.GENERIC,
    VerdictLabel.OFF_TOPIC: RelevanceKind.OFF_TOPIC,
}


def rows_from_labels(labels: Iterable[Label]) -> list[Row]:
    """
    Turn labels into rows.

    Approving says "neither spam nor toxic". Rejecting says only what its labels name: a comment
    rejected as off topic is no evidence of spam, nor of the absence of spam.
    """
    return [_row(label) for label in labels]


def _row(label: Label) -> Row:
    named = set(label.labels)
    approved = label.action is VerdictAction.APPROVE
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
        source="labels",
        group=f"{label.site}/{group}",
        language=label.language,
        spam=True if VerdictLabel.SPAM in named else False if approved else None,
        toxicity=True if VerdictLabel.TOXIC in named else False if approved else None,
        substance=substance,
        kind=kinds[0] if len(kinds) == 1 else None,
        kinds=frozenset() if approved and VerdictLabel.TOXIC not in named else None,
        article=article,
        parent=label.parent_text,
    )
