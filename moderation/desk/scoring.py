"""
Asks the model for the scores of drafts, whatever it does in answer.

Calls the model only; reads no store and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from moderation.classifiers.model import Model
from moderation.desk.drafts import Draft, attempt
from moderation.terms import HEADS, Scores

__all__ = ["score_drafts"]


def score_drafts(model: Model, drafts: Sequence[Draft], *, explain: bool) -> list[Scores]:
    """
    Score all drafts in one call; when that breaks, each alone, so that one cannot spoil all.

    A draft that cannot be scored notes ``model`` as failed and gets scores without values.
    """
    items = [draft.item for draft in drafts if draft.item is not None]
    together: list[Scores] | None = None
    if len(items) > 1:
        together = attempt([], "model", lambda: model.score(items, explain=explain), None)
    if together is not None and len(together) == len(items):
        scored = iter(together)
        return [
            _abstained(draft, model) if draft.item is None else next(scored) for draft in drafts
        ]
    return [_score_alone(model, draft, explain) for draft in drafts]


def _score_alone(model: Model, draft: Draft, explain: bool) -> Scores:
    item = draft.item
    if item is None:
        return _abstained(draft, model)
    scores = attempt(draft.failed, "model", lambda: model.score([item], explain=explain)[0], None)
    return scores or _abstained(draft, model)


def _abstained(draft: Draft, model: Model) -> Scores:
    nothing = dict.fromkeys(HEADS)
    return Scores(values=nothing, failed=HEADS, language=draft.language, model=model.version)
