"""
Measures a model on rows that no model was ever fitted on, with intervals.

Scores through the serving path; changes nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, f1_score

from moderation.classifiers.model import Model
from moderation.terms import HEADS, RelevanceKind
from moderation.training.fit import targets
from moderation.training.harmless import HARMLESS
from moderation.training.intervals import bootstrap, resample_groups
from moderation.training.pairs import make_pairs
from moderation.training.rows import Row, lot_of
from moderation.training.serving import score_rows

__all__ = [
    "Judged",
    "Measured",
    "judge",
    "languages_measured",
    "mean_auc",
    "measure",
    "resamples",
    "roc_auc",
    "table",
    "usable_sources",
]

_ROWS_A_SOURCE = 1500
# Of a public set; of our own corpus all, since the first so many would be of the first languages.
_LEAST = 15
_FEWEST_OF_A_LANGUAGE = 5
# Of either class. A site's own language is measured from its first hundred verdicts or so.

Float64 = npt.NDArray[np.float64]


def _none() -> npt.NDArray[np.str_]:
    return np.empty(0, np.str_)


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What is true and what a model said, for one head.

    Attributes:
        wanted: float64, shape (n,): 0 or 1.
        said: float64, shape (n,): probabilities 0..1.
        sources: shape (n,): where each row is from.
        groups: shape (n,): what must be resampled together.
        languages: shape (n,): ISO 639-1, or "unknown"; may be left empty by who needs none.
        kinds: relevance only: (wanted, said) kinds of rows of our own corpus and labels.
        kind_groups: the group of each of `kinds`.
        offered: whether the model gives this score at all.
        made: shape (n,): whether a row is a pair of our making. How often such a thing happens it
            cannot tell, so order is measured on it and probabilities are not. Empty: none is.
    """

    wanted: Float64
    said: Float64
    sources: npt.NDArray[np.str_]
    groups: npt.NDArray[np.str_]
    languages: npt.NDArray[np.str_] = field(default_factory=_none)
    kinds: tuple[tuple[str, str], ...] = ()
    kind_groups: npt.NDArray[np.str_] = field(default_factory=_none)
    offered: bool = True
    made: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    @property
    def as_written(self) -> npt.NDArray[np.bool_]:
        """Tell which rows stand as people wrote them: bool, shape (n,)."""
        return ~self.made if len(self.made) else np.ones(len(self.wanted), np.bool_)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Judged:
        """Give some of the rows, without the kinds, which are not row by row."""
        return Judged(
            wanted=self.wanted[chosen],
            said=self.said[chosen],
            sources=self.sources[chosen],
            groups=self.groups[chosen],
            languages=self.languages[chosen] if len(self.languages) else self.languages,
            offered=self.offered,
            made=self.made[chosen] if len(self.made) else self.made,
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """
    One head's quality on held-back rows; intervals are 95 %, by bootstrap over groups.

    Attributes:
        auc: mean over sources of ROC-AUC.
        average_precision: mean over sources.
        brier: mean over sources of the squared error of the probabilities, on rows as written.
        by_source: source -> ROC-AUC.
        macro_f1: of the three relevance kinds, or nan.
        offered: whether the model gives this score; if not, all but `rows` is nan.
    """

    rows: int
    auc: float
    auc_low: float
    auc_high: float
    average_precision: float
    brier: float
    by_source: dict[str, float]
    macro_f1: float = float("nan")
    offered: bool = True

    def as_numbers(self) -> dict[str, float]:
        """Flatten for the card; what could not be measured is left out."""
        numbers = {
            "rows": float(self.rows),
            "roc_auc": self.auc,
            "roc_auc_low": self.auc_low,
            "roc_auc_high": self.auc_high,
            "average_precision": self.average_precision,
            "brier": self.brier,
            "macro_f1": self.macro_f1,
            **{f"roc_auc:{source}": value for source, value in self.by_source.items()},
        }
        return {name: round(value, 4) for name, value in numbers.items() if np.isfinite(value)}


def judge(model: Model, rows: Sequence[Row]) -> dict[str, Judged]:
    """
    Score held-back rows with every head.

    Relevance is measured on labelled pairs and on comments put under another article; both come
    out the same for every model, so two models can be compared row by row.
    """
    judged = {}
    asked = {head: _pairs(rows) if head == "relevance" else _labelled(rows, head) for head in HEADS}
    # Most rows are asked for by several heads, and one pass gives all scores.
    every = {id(one.row): one.row for chosen in asked.values() for one in chosen}
    known = dict(zip(every, score_rows(model, list(every.values())), strict=True))
    for head, chosen in asked.items():
        answers = [known[id(one.row)] for one in chosen]
        told = [
            (one.row, scores.relevance_kind.value)
            for one, scores in zip(chosen, answers, strict=True)
            if head == "relevance"
            and one.row.kind
            and scores.relevance_kind
            and one.row.source in {"corpus", "labels"}
        ]
        measured = [
            (one, _number(scores.values[head]))
            for one, scores in zip(chosen, answers, strict=True)
            if not math.isnan(one.wanted)
        ]
        measured_rows = [one.row for one, _ in measured]
        judged[head] = Judged(
            wanted=np.array([one.wanted for one, _ in measured], np.float64),
            said=np.array([said for _, said in measured], np.float64),
            sources=np.array([row.source for row in measured_rows], dtype=np.str_),
            groups=np.array([_group(row) for row in measured_rows], dtype=np.str_),
            languages=np.array([row.language for row in measured_rows], dtype=np.str_),
            made=np.array([one.made for one, _ in measured], np.bool_),
            kinds=tuple((row.kind.value, said) for row, said in told if row.kind),
            kind_groups=np.array([_group(row) for row, _ in told], dtype=np.str_),
            offered=any(s.values[head] is not None or head in s.failed for s in answers),
        )
    return judged


def _group(row: Row) -> str:
    return f"{row.source}/{row.group}"


def _number(probability: float | None) -> float:
    # A head that failed, or is not offered, is measured as one that does not know.
    return 0.5 if probability is None else probability


class _Asked(NamedTuple):
    row: Row
    # 0 or 1; nan where only the kind is looked at.
    wanted: float
    made: bool = False


def _labelled(rows: Sequence[Row], head: str) -> list[_Asked]:
    wanted = targets(rows, head)
    known = [
        _Asked(row, float(value))
        for row, value in zip(rows, wanted, strict=True)
        if not np.isnan(value) and head not in row.assumed
    ]
    return _limited(known)


def _pairs(rows: Sequence[Row]) -> list[_Asked]:
    # On topic against off topic; generic comments count in macro F1 only.
    wanted = {RelevanceKind.ON_TOPIC: 1.0, RelevanceKind.OFF_TOPIC: 0.0}
    return _limited(
        [
            _Asked(pair.row, wanted.get(pair.row.kind, math.nan), pair.made)
            for pair in make_pairs(rows)
            if pair.row.kind
        ]
    )


def _limited(entries: list[_Asked]) -> list[_Asked]:
    """Keep at most `_ROWS_A_SOURCE` entries of each public set, in order, drawn by their lots."""
    lots: dict[str, list[tuple[bytes, int]]] = {}
    for number, one in enumerate(entries):
        lots.setdefault(one.row.source, []).append((lot_of(one.row), number))
    kept = {
        number
        for source, drawn in lots.items()
        for _, number in (drawn if source == "corpus" else sorted(drawn)[:_ROWS_A_SOURCE])
    }
    return [entry for number, entry in enumerate(entries) if number in kept]


def usable_sources(judged: Judged) -> list[str]:
    """List the sources with at least 15 rows of either class: fewer give no number worth having."""
    usable = []
    for source in np.unique(judged.sources):
        wanted = judged.wanted[judged.sources == source]
        if min(wanted.sum(), len(wanted) - wanted.sum()) >= _LEAST:
            usable.append(str(source))
    return usable


def languages_measured(rows: Sequence[Row]) -> list[str]:
    """
    List the languages of comments that people judged one by one as spam or not, or abusive or not.

    Args:
        rows: held back. A language with fewer than five of either class was not measured.
    """
    counts: Counter[tuple[str, str, bool]] = Counter()
    for row in rows:
        for head, judged in (("spam", row.spam), ("toxicity", row.toxicity)):
            if judged is not None and head not in row.assumed and row.source not in HARMLESS:
                counts[row.language, head, judged] += 1
    found = {
        language
        for language, head, _ in counts
        if min(counts[language, head, True], counts[language, head, False]) >= _FEWEST_OF_A_LANGUAGE
    }
    return sorted(found - {"unknown", "und"})


def mean_auc(
    judged: Judged, rows: npt.NDArray[np.int64], sources: Sequence[str]
) -> tuple[float, dict[str, float]]:
    """Give the mean over sources of ROC-AUC on some rows, and each source's."""
    by_source = {}
    for source in sources:
        part = rows[judged.sources[rows] == source]
        if 0 < judged.wanted[part].sum() < len(part):
            by_source[source] = roc_auc(judged.wanted[part], judged.said[part])
    return (float(np.mean(list(by_source.values()))) if by_source else float("nan")), by_source


def roc_auc(wanted: Float64, said: Float64) -> float:
    """Give how often a row of class 1 scores above one of class 0; both must be there."""
    # The sum of ranks of Mann and Whitney (1947): what scikit-learn's function gives, without its
    # checks, which take twenty times as long and are done thousands of times by the bootstrap.
    ones = float(wanted.sum())
    ranks = float(rankdata(said)[wanted == 1].sum())
    return (ranks - ones * (ones + 1) / 2) / (ones * (len(wanted) - ones))


def resamples(judged: Judged, seed: int) -> list[npt.NDArray[np.int64]]:
    """Draw groups with replacement: row numbers of each of 300 bootstrap samples."""
    return resample_groups(judged.groups, seed)


def measure(judged: Judged, *, seed: int = 0) -> Measured:
    """Give a head's quality with its interval; nan where too few rows support a number."""
    every = np.arange(len(judged.wanted))
    sources = usable_sources(judged) if judged.offered else []
    auc, by_source = mean_auc(judged, every, sources)
    low, high = bootstrap(lambda rows: mean_auc(judged, rows, sources)[0], resamples(judged, seed))
    precisions, errors = [], []
    for source in sources:
        part = judged.sources == source
        precisions.append(average_precision_score(judged.wanted[part], judged.said[part]))
        part &= judged.as_written
        if part.any():
            errors.append(np.mean((judged.wanted[part] - judged.said[part]) ** 2))
    macro = float("nan")
    if judged.kinds:
        wanted, said = zip(*judged.kinds, strict=True)
        # Over the kinds that occur: one that is neither true nor said has no F1.
        macro = float(f1_score(wanted, said, average="macro"))
    # Rows of a source without both classes have no part in these numbers.
    counted = int(np.isin(judged.sources, sources).sum()) if sources else len(judged.wanted)
    return Measured(
        rows=counted,
        auc=auc,
        auc_low=low,
        auc_high=high,
        average_precision=float(np.mean(precisions)) if precisions else float("nan"),
        brier=float(np.mean(errors)) if errors else float("nan"),
        by_source=by_source,
        macro_f1=macro,
        offered=judged.offered,
    )


def table(measured: dict[str, Measured]) -> str:
    """Show all heads as a table for a terminal."""
    lines = [f"{'head':<16}{'rows':>7}{'ROC-AUC':>9}{'95 %':>15}{'avg.prec.':>11}{'Brier':>8}"]
    for head, m in measured.items():
        if not np.isfinite(m.auc):
            why = "too few rows of either class to say" if m.offered else "not offered"
            lines.append(f"{head:<16}{m.rows:>7,}   {why}")
            continue
        interval = f"{m.auc_low:.3f}–{m.auc_high:.3f}"
        line = (
            f"{head:<16}{m.rows:>7,}{m.auc:>9.3f}{interval:>15}{m.average_precision:>11.3f}"
            f"{m.brier:>8.3f}"
        )
        if np.isfinite(m.macro_f1):
            line += f"   kinds: macro F1 {m.macro_f1:.3f}"
        lines.append(line)
        lines += [f"  {source:<30}{auc:.3f}" for source, auc in sorted(m.by_source.items())]
    return "\n".join(lines)
