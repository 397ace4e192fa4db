"""
The policies in force: error budgets turned into thresholds, anew when model or evidence changes.

Reads cards and audited verdicts; how a threshold is found is `policy/budget.py`'s.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from moderation.classifiers.bundle import Card, Evidence
from moderation.errors import ModelError, StoreError, describe
from moderation.policy import Policy, PolicySet
from moderation.policy.binomial import rows_needed
from moderation.policy.budget import (
    Found,
    candidates,
    contradicts,
    enough,
    from_classes,
    from_sample,
)
from moderation.policy.policy import Budget
from moderation.store import Audited, Store
from moderation.terms import VerdictAction
from moderation.watcher import Watcher

__all__ = ["Budgets", "Finding", "Source"]

_MOST_AUDITS = 10_000
# Newest first: enough for any budget a site can state in earnest, and what comments were like years
# ago says little of today's. Reading them takes a third of a second.

_log = logging.getLogger(__name__)

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]


class Source(StrEnum):
    """Whose labelled rows a budget rests on."""

    AUDITS = "audits"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What became of one budget.

    Attributes:
        hold: from which score its policy holds, or None.
        source: what `found` rests on; None when there were no rows to look at.
        model: version whose scores they are.
        audited: comments of its sites drawn, judged and scored by this model's family.
        audited_bad: how many of them a person rejected.
    """

    head: str
    budget: Budget
    hold: float | None
    source: Source | None
    found: Found
    model: str
    audited: int
    audited_bad: int

    @property
    def why(self) -> str | None:
        """One sentence on why nothing is rejected by this score; None when something is."""
        if self.found.why is None:
            return None
        return f"Nothing is rejected by {self.head}: {self.found.why}."


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is in force; a site of None stands for all without a policy of their own."""

    policies: PolicySet
    findings: Mapping[str | None, tuple[Finding, ...]]


class Budgets:
    """
    Keeps the policies in force; a class because watching needs a place to swap.

    A request takes what is kept: no clock, no lock, no query. Whatever cannot be found out, nothing
    is rejected for it.

    Args:
        cards: gives the card of a model by its version; may raise `ModelError`.
        store: where the verdicts on audits are; None goes by the models' own evidence.
        pause_seconds: between two looks for new verdicts.
    """

    def __init__(
        self,
        policies: PolicySet,
        *,
        cards: Callable[[str], Card],
        store: Store | None = None,
        pause_seconds: float = 60.0,
    ) -> None:
        self._policies = policies
        self._cards = cards
        self._store = store
        # Of the newest model, last, and of the one before: comments scored by it are still on their
        # way when another goes live. Replaced whole, never changed.
        self._kept: dict[str, _Kept] = {}
        # Recent verdicts on audits that were considered; None: they are yet to be read.
        self._seen: frozenset[str] | None = None
        self._lock = threading.Lock()
        self._watcher = Watcher("budgets", self.refresh, pause_seconds=pause_seconds)

    def in_force(self, model: str) -> PolicySet:
        """
        Give the policies for comments scored by a model, with thresholds found for its scores.

        Only the first call for another model has anything to find out.

        Args:
            model: version.
        """
        if not self._policies.has_budgets:
            return self._policies
        return self._for(model).policies

    def findings(self, model: str, site: str) -> tuple[Finding, ...]:
        """Give what became of the budgets of a site's policy, in the order of its thresholds."""
        if not self._policies.has_budgets:
            return ()
        return self._for(model).findings[site if site in self._policies.sites else None]

    def refresh(self) -> bool:
        """
        Find the thresholds anew if there are verdicts on audits that were not considered yet.

        Raises:
            StoreError: the store does not answer; what is in force stays.
        """
        store = self._store
        if not self._kept or store is None:
            return False
        if self._seen is not None and store.verdicts.recent_audits() <= self._seen:
            return False
        with self._lock:
            model = list(self._kept)[-1]
            self._kept = {model: self._find_all(model)}
        return True

    def start(self) -> None:
        """Begin to look for new verdicts in a daemon thread, when there is any use in it."""
        if self._store is not None and self._policies.has_budgets:
            self._watcher.start()

    def stop(self) -> None:
        """Stop looking; safe to call twice."""
        self._watcher.stop()

    def _for(self, model: str) -> _Kept:
        kept = self._kept.get(model)
        if kept is not None:
            return kept
        with self._lock:
            if model not in self._kept:
                newest = list(self._kept.items())[-1:]
                self._kept = {**dict(newest), model: self._find_all(model)}
            return self._kept[model]

    def _find_all(self, model: str) -> _Kept:
        audits = self._audits(model)
        evidence = self._evidence(model)
        findings: dict[str | None, tuple[Finding, ...]] = {}
        discards: dict[str | None, float | None] = {}
        own = self._policies.sites
        for site, policy in ((None, self._policies.default), *own.items()):
            rows = None
            if audits is not None:
                rows = [a for a in audits if (a.site if a.site in own else None) == site]
            findings[site] = tuple(
                _find(head, budget, policy.hold(head), rows, evidence.get(head), model)
                for head, budget in policy.budgets.items()
            )
            discards[site] = _blatant(policy, rows, evidence, model)
        policies = replace(
            self._policies,
            default=_apply(self._policies.default, findings[None]).discarding_from(discards[None]),
            sites={
                site: _apply(policy, findings[site]).discarding_from(discards[site])
                for site, policy in own.items()
            },
        )
        _log.info("budgets considered", extra={"model": model, "policy": policies.default.version})
        return _Kept(policies, findings)

    def _audits(self, model: str) -> list[Audited] | None:
        """Give the audits that say something of this model; None when they cannot be read."""
        if self._store is None:
            return []
        try:
            # In this order: a verdict that comes between the two reads is considered twice.
            seen = self._store.verdicts.recent_audits()
            audits = self._store.verdicts.audited(most=_MOST_AUDITS)
        except StoreError as error:
            _log.error("audits cannot be read", extra=describe(error))
            self._seen = None
            return None
        self._seen = seen
        roots = {version: self._root(version) for version in {model, *(a.model for a in audits)}}
        return [audited for audited in audits if roots[audited.model] == roots[model]]

    def _root(self, model: str) -> str:
        try:
            return self._cards(model).root
        except ModelError:
            # Its folder may have been deleted; then it is a relative of nobody but itself.
            return model

    def _evidence(self, model: str) -> Mapping[str, Evidence]:
        try:
            return self._cards(model).evidence
        except ModelError:
            return {}


def _apply(policy: Policy, findings: Sequence[Finding]) -> Policy:
    if not findings:
        return policy
    return policy.rejecting_from(
        {f.head: f.found.threshold for f in findings if f.found.threshold is not None}
    )


def _blatant(
    policy: Policy,
    audits: Sequence[Audited] | None,
    evidence: Mapping[str, Evidence],
    model: str,
) -> float | None:
    """Give the spam score that the budget for throwing away unseen supports, or None."""
    budget = policy.replies.discard
    if budget is None:
        return None
    finding = _find("spam", budget, policy.hold("spam"), audits, evidence.get("spam"), model)
    at = finding.found.threshold
    _log.info("budget for discarding considered", extra={"model": model, "from": at})
    return at


def _find(
    head: str,
    budget: Budget,
    hold: float | None,
    audits: Sequence[Audited] | None,
    evidence: Evidence | None,
    model: str,
) -> Finding:
    """
    Turn one budget into a threshold.

    The site's own audits decide alone as soon as there are enough of them to support the budget, be
    it for or against. Until then the model's evidence does, unless the audits contradict it. Which
    of the two it is depends on counts only, so that there is one try and not two.
    """
    tried = candidates(hold)
    scores, wrong = _rows_of_audits(head, audits or ())
    needed = rows_needed(budget.wrong_at_most, 1 - budget.sure)
    instead = (
        f"; {needed:,} audited comments that score {tried[-1]:g} or more would do instead, were all"
        f" of them rejected by a person, and there are {int((scores >= tried[-1]).sum()):,}"
        if tried
        else ""
    )
    source: Source | None
    if audits is None:
        source, found = None, Found(0, why="the verdicts on audits cannot be read at the moment")
    elif enough(scores, budget, tried):
        source, found = Source.AUDITS, from_sample(scores, wrong, budget, tried)
    elif evidence is not None:
        source = Source.MODEL
        bad = np.array(evidence.bad, np.bool_)
        found = from_classes(np.array(evidence.scores, np.float64), bad, budget, tried)
        at = found.threshold
        if at is None:
            found = replace(found, why=f"{found.why}{instead}")
        elif contradicts(scores, wrong, at, budget):
            source = Source.AUDITS
            found = Found(
                len(scores),
                why=f"{int((wrong & (scores >= at)).sum()):,} of {int((scores >= at).sum()):,}"
                f" audited comments that score {at:g} or more were approved by a person, which is"
                " more than chance can explain",
            )
    else:
        source = None
        found = Found(
            0,
            why=f"model {model} brings no held-back rows for it{instead}",
        )
    return Finding(head, budget, hold, source, found, model, len(scores), int((~wrong).sum()))


def _rows_of_audits(head: str, audits: Sequence[Audited]) -> tuple[Float64, Bool]:
    """Give the scores, and whether rejecting was wrong: a person approved, for whatever reason."""
    rows = [(value, a.action) for a in audits if (value := a.scores.get(head)) is not None]
    return (
        np.array([value for value, _ in rows], np.float64),
        np.array([action is VerdictAction.APPROVE for _, action in rows], np.bool_),
    )
