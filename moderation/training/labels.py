"""
Labels from the store, as training rows: moderators' verdicts, and reports from outside.

A label teaches only the heads that its verdict speaks about; never a machine's decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from moderation.store.ids import lot
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

_MOST = 5.0
# A hundred for an audit share of 1 % would let three drawn comments outvote all held ones: of 1, 3,
# 10 and 100, three and ten were best by ROC-AUC and Brier score (decision record 0018).


def rows_from_labels(labels: Iterable[Label]) -> list[Row]:
    """
    Turn labels into rows.

    Approving says "neither spam nor toxic", unless it names which of the two it is not. Rejecting
    says only what its labels name: a comment rejected as off topic is no evidence of spam, nor of
    the absence of spam. What a moderator did, approve or reject, teaches `likely_to_reject` alone.
    """
    every = list(labels)
    shares = _drawn_shares(every)
    return [_row(label, _represents(label, shares)) for label in every]


def _drawn_shares(labels: Sequence[Label]) -> dict[str, float]:
    """
    Find out which share of its comments each site had drawn by lot.

    The store keeps no share, and a policy says only today's. But what was drawn had a lot below the
    share, evenly spread, so the largest lot among n of them lies n / (n + 1) of the way up to it.
    """
    lots: dict[str, list[float]] = defaultdict(list)
    for label in labels:
        if label.drawn:
            lots[label.site].append(lot(label.comment_id))
    return {
        site: min(1.0, max(found) * (len(found) + 1) / len(found)) for site, found in lots.items()
    }


def _represents(label: Label, shares: Mapping[str, float]) -> float:
    """
    Say how many comments a verdict speaks for.

    All held comments come before a person, and of the others only those drawn; what somebody picked
    speaks for nothing but itself.
    """
    if label.held or not label.drawn:
        return 1.0
    return min(_MOST, 1 / max(shares[label.site], 1e-9))


def _row(label: Label, represents: float) -> Row:
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
        # A report is nobody's decision.
        rejected=None if label.reported else not approved,
        represents=represents,
    )


def _said(
    named: set[VerdictLabel], denied: set[VerdictLabel], yes: VerdictLabel, no: VerdictLabel
) -> bool | None:
    if yes in named:
        return None if no in named else True
    return False if no in denied else None
