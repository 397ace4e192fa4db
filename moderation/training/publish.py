"""
From a fitted model to a bundle: version, canaries, the gate against the live one, promotion.

The only place that decides whether a new model goes live; fits and scores nothing itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from moderation.classifiers.bundle import Canary, canary_scores
from moderation.classifiers.model import LearnedModel
from moderation.errors import TrainingBusy, TrainingError
from moderation.training.evaluate import Judged, mean_auc, resamples, usable_sources
from moderation.training.intervals import Share, sign_test
from moderation.training.slices import Slices

__all__ = [
    "Comparison",
    "SliceChange",
    "compare",
    "compare_slices",
    "make_canaries",
    "next_version",
    "training_lock",
]

_NOTICEABLE = 0.002
# Two models that share nearly all their weights differ by almost no noise, so an interval alone
# would park a model for eight ten-thousandths of a Brier score (decision record 0009).

_NAMED_BOUND = 0.02
_NAMED_CHANCE = 0.05
# Two in a hundred harmless sentences held because they name a group, twice what the shipped
# threshold allowed itself of all good comments; and odds of one in twenty (decision record 0012).

_CANARY_ARTICLE = (
    "Council delays the new tram line again",
    "The city council has put off the opening of the tram line to the harbour until spring. "
    "Engineers found cracks in two bridges, and the repair will cost four million. "
    "Shop owners along the route say that the noise and the dust are driving customers away.",
)
_CANARIES: tuple[tuple[str, bool], ...] = (
    ("My shop lost half its customers since the digging began.", True),
    ("Well said, thank you!", True),
    ("Does anyone know a good recipe for lentil soup?", True),
    ("Fr\u0435\u0435 c4sino b0nus, cl1ck www.lucky-spin.example n o w", True),
    ("You are a stupid liar and everybody hates you.", True),
    ("هذا المشروع تأخر كثيراً والناس تعبت من الوعود", True),
    ("این طرح سال‌هاست که فقط روی کاغذ مانده", True),
    ("Earn $500 daily from home, write to me on telegram @quickmoney", False),
)


@contextmanager
def training_lock(models_dir: Path) -> Iterator[None]:
    """
    Hold the models folder for one training run.

    Raises:
        TrainingBusy: another run holds it.
    """
    lock = FileLock(models_dir / ".training.lock", timeout=0)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise TrainingBusy(
            f"another training run holds {models_dir}; wait for it to end"
        ) from error
    except OSError as error:
        raise TrainingError(f"{models_dir} cannot be written to: {error.strerror}") from error
    try:
        # Only one run writes drafts, so whatever lies here was left by one that was killed.
        for left in models_dir.glob(".draft-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


def next_version(models_dir: Path, now: datetime) -> str:
    """Give the version after the last of the day, ``YYYYMMDD-n``; whatever was removed before."""
    day = f"{now:%Y%m%d}-"
    taken = [name.removeprefix(day) for name in os.listdir(models_dir) if name.startswith(day)]
    return f"{day}{max((int(n) for n in taken if n.isdigit()), default=0) + 1}"


def make_canaries(model: LearnedModel) -> tuple[Canary, ...]:
    """Score the canary comments with a finished model: what every load will check."""
    canaries = []
    for text, under_article in _CANARIES:
        title, body = _CANARY_ARTICLE if under_article else (None, None)
        blank = Canary(text, title, body, {})
        canaries.append(Canary(text, title, body, canary_scores(model, blank)))
    return tuple(canaries)


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    One head of a new model against the live one, on the same held-back rows.

    Differences are new minus live; intervals are 95 %, by paired bootstrap over groups.

    Attributes:
        auc_change: of the mean ROC-AUC over sources; negative is worse.
        brier_change: of the squared error of the probabilities; positive is worse.
        apart_from_labels: whether rows that are this site's labels were left out of it.
        worse: whether an interval lies wholly on the bad side, and the change is noticeable.
    """

    auc_change: float
    auc_low: float
    auc_high: float
    brier_change: float
    brier_low: float
    brier_high: float
    apart_from_labels: bool = False

    @property
    def worse(self) -> bool:
        """Whether the head is worse beyond noise, and by more than nobody would notice."""
        return self._orders_worse or self._is_further_off

    @property
    def _orders_worse(self) -> bool:
        # Comparisons with nan are false: where nothing can be measured, nothing got worse.
        return self.auc_high < 0 and self.auc_change < -_NOTICEABLE

    @property
    def _is_further_off(self) -> bool:
        return self.brier_low > 0 and self.brier_change > _NOTICEABLE

    def as_numbers(self) -> dict[str, float]:
        """Flatten for the card."""
        fields = ("auc_change", "auc_low", "auc_high", "brier_change", "brier_low", "brier_high")
        numbers = {name: float(getattr(self, name)) for name in fields}
        return {name: round(value, 5) for name, value in numbers.items() if np.isfinite(value)}

    def describe(self, head: str) -> str:
        """Say in one sentence what got worse."""
        where = " on rows that are not this site's labels" if self.apart_from_labels else ""
        if self._orders_worse:
            return (
                f"{head} tells good from bad less well{where}: ROC-AUC {self.auc_change:+.4f} "
                f"(95 % {self.auc_low:+.4f} to {self.auc_high:+.4f})"
            )
        return (
            f"{head}'s probabilities are further off{where}: Brier {self.brier_change:+.4f} "
            f"(95 % {self.brier_low:+.4f} to {self.brier_high:+.4f})"
        )


def compare(
    new: Mapping[str, Judged], live: Mapping[str, Judged], *, seed: int = 0
) -> dict[str, Comparison]:
    """
    Compare two models head by head, on all sources and on those that are not a site's labels.

    Labels that are wrong in the same way agree with each other on both sides of the split, so a
    model that learned them looks better on them; what else it knew must not be lost for that. A
    head that one of the two does not offer is not compared: taking a score back is no loss of
    quality, and giving a new one no gain.

    Args:
        new: what the new model said of the held-back rows.
        live: what the live one said of the same rows, in the same order.
        seed: for the bootstrap.
    """
    found = {}
    for head in new:
        both = new[head].offered and live[head].offered
        sources = usable_sources(new[head]) if both else []
        others = [source for source in sources if source != "labels"]
        found[head] = _compare(new[head], live[head], sources, seed)
        if others != sources and not found[head].worse:
            apart = _compare(new[head], live[head], others, seed)
            if apart.worse:
                found[head] = replace(apart, apart_from_labels=True)
    return found


def _compare(new: Judged, live: Judged, sources: Sequence[str], seed: int) -> Comparison:
    every = np.arange(len(new.wanted))
    squared = (new.said - new.wanted) ** 2 - (live.said - live.wanted) ** 2

    def change(rows: npt.NDArray[np.int64]) -> tuple[float, float]:
        auc = mean_auc(new, rows, sources)[0] - mean_auc(live, rows, sources)[0]
        written = rows[new.as_written[rows]]
        parts = [squared[written[new.sources[written] == source]] for source in sources]
        means = [float(part.mean()) for part in parts if part.size]
        return auc, (float(np.mean(means)) if means else float("nan"))

    drawn = np.array([change(rows) for rows in resamples(new, seed)]).reshape(-1, 2)
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    auc, brier = change(every)
    if not len(drawn):
        nan = float("nan")
        return Comparison(auc, nan, nan, brier, nan, nan)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return Comparison(auc, float(low[0]), float(high[0]), brier, float(low[1]), float(high[1]))


@dataclass(frozen=True, slots=True)
class SliceChange:
    """
    False alarms of two models on harmless sentences that name groups of people.

    Attributes:
        new: share of the sentences that the new model would have held; `live` likewise.
        worse_pairs: sentences only the new model holds.
        better_pairs: sentences only the live model holds.
        chance: how likely so many of the former are, were the models alike: 0..1.
    """

    new: Share
    live: Share
    worse_pairs: int
    better_pairs: int
    chance: float

    @property
    def worse(self) -> bool:
        """Whether naming a group costs more than before, beyond noise, and more than it may."""
        # Without sentences the rate is nan and the comparison false: nothing blocks.
        return self.new.rate > _NAMED_BOUND and self.chance < _NAMED_CHANCE

    def as_numbers(self) -> dict[str, float]:
        """Flatten for the card; empty when there was no sentence."""
        if not self.new.of:
            return {}
        return {
            "sentences": self.new.of,
            "false_alarms": self.new.hits,
            "false_alarms_live": self.live.hits,
            "only_new": self.worse_pairs,
            "only_live": self.better_pairs,
            "chance": round(self.chance, 5),
        }

    def describe(self) -> str:
        """Say in one sentence what got worse."""
        return (
            f"harmless sentences that name a group are held more often: {self.new.hits} of "
            f"{self.new.of}, before {self.live.hits}; {self.worse_pairs} are new and "
            f"{self.better_pairs} gone, which chance does in {self.chance:.1%} of cases"
        )


def compare_slices(new: Slices, live: Slices) -> SliceChange:
    """
    Compare two models on sentences that name groups; see decision record 0012.

    Args:
        new: what the new model said of the sentences to measure on.
        live: what the live one said of the same, in the same order.
    """
    ours, theirs = new.named(), live.named()
    worse, better = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    return SliceChange(
        new=new.rate(),
        live=live.rate(),
        worse_pairs=worse,
        better_pairs=better,
        chance=sign_test(worse, better),
    )
