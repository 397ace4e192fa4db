"""
The sections of a full report as Markdown: every table, and what one must know to read it.

Formats what `examine` measured; measures nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from moderation.terms import RelevanceKind
from moderation.training.alarms import alarms_section, groups_section
from moderation.training.curves import BINS, Calibration
from moderation.training.evaluate import Measured
from moderation.training.examine import CORPUS, ELSEWHERE, Examined, Part
from moderation.training.families import Family
from moderation.training.markdown import (
    NOTHING,
    interval,
    number,
    percent,
    share_of,
    table,
    wrapped,
)
from moderation.training.refit import Refitted
from moderation.training.slices import LANGUAGES

__all__ = ["FOLDER", "full_sections", "refit_section"]

FOLDER = "report"
"""Where the figures are, beside the report."""

_LEAST_GROUPS = 8
# A bootstrap over three articles draws the same three again and again.


def full_sections(examined: Examined) -> list[str]:
    """Give all sections but that of refitted models, as lines."""
    sections: tuple[Callable[[Examined], list[str]], ...] = (
        _figures,
        _sources,
        _languages,
        _calibration,
        _kinds,
        _families,
        _praise,
        lambda examined: groups_section(examined.slices),
        lambda examined: alarms_section(examined.alarms),
        _attacks,
        _explanations,
        _budgets,
        _speed,
    )
    return [line for section in sections for line in ["", *section(examined)]]


def _figures(examined: Examined) -> list[str]:
    lines = [
        "## Curves",
        "",
        *wrapped(
            f"By score: precision against recall; a reliability diagram of {BINS} bins of equal "
            "size; and the share of wrong answers among the surest share of comments (selective "
            "risk)."
        ),
    ]
    for head in examined.judged:
        lines += ["", f"![{head}: curves]({FOLDER}/{head}.svg)"]
    return lines


def _sources(examined: Examined) -> list[str]:
    rows = []
    for head, parts in examined.by_source.items():
        for source, part in parts.items():
            m = part.measured
            counts = [f"{m.rows:,}", f"{part.groups:,}"]
            rows.append(
                [head, source, *counts, *_auc(part), number(m.average_precision), number(m.brier)]
            )
    titles = ["score", "source", "rows", "groups", "ROC-AUC", "95 %"]
    return [
        "## By source",
        "",
        *wrapped(
            "Articles and threads that were not fitted on; how many others of the source were is "
            "under “Learned from”. A source with fewer than 15 rows of a class has no number."
        ),
        "",
        *table([*titles, "average precision", "Brier"], rows),
    ]


def _languages(examined: Examined) -> list[str]:
    rows = []
    for head, parts in examined.by_language.items():
        for language in (*LANGUAGES, *sorted(set(parts) - {*LANGUAGES, "unknown"})):
            part = parts.get(language)
            if part is None:
                rows.append([head, language, "0", "0", "never measured", NOTHING, NOTHING])
                continue
            counts = [f"{part.measured.rows:,}", f"{part.groups:,}"]
            if part.measured.by_source:
                told = [*_auc(part), ", ".join(part.measured.by_source)]
                rows.append([head, language, *counts, *told])
            elif language in LANGUAGES:
                rows.append([head, language, *counts, "too few rows", NOTHING, NOTHING])
    return [
        "## By language",
        "",
        *wrapped(
            "ROC-AUC is the mean over the sources of a language. Groups are articles, threads or "
            f"single comments; fewer than {_LEAST_GROUPS} say nothing of how sure a number is. Of "
            "a language that is not listed nothing is known."
        ),
        "",
        *table(["score", "language", "rows", "groups", "ROC-AUC", "95 %", "sources"], rows),
    ]


def _calibration(examined: Examined) -> list[str]:
    rows = []
    for head, parts in examined.calibrations.items():
        for place, c in parts.items():
            if place in (CORPUS, ELSEWHERE) or not math.isnan(c.error):
                rows.append([head, place, f"{c.rows:,}", *_error(c)])
    return [
        "## Calibration",
        "",
        *wrapped(
            f"Expected calibration error over {BINS} bins of equal size. By chance alone a score "
            "without any error would show what the last column says. Good and bad rows are not "
            "mixed here as on a site. Resampling adds to an error that cannot be negative; the "
            "interval is corrected for it and may lie below the error itself."
        ),
        "",
        *table(["score", "where", "rows", "error", "95 %", "by chance"], rows),
    ]


def _error(found: Calibration) -> list[str]:
    if math.isnan(found.error):
        return ["too few rows", NOTHING, NOTHING]
    return [number(found.error), interval(found.low, found.high), number(found.floor)]


def _kinds(examined: Examined) -> list[str]:
    kinds = examined.kinds
    names = [kind.value for kind in RelevanceKind]
    rows = []
    for wanted in names:
        counts = [sum(pair == (wanted, said) for pair in kinds.pairs) for said in names]
        caught = counts[names.index(wanted)] / sum(counts) if any(counts) else float("nan")
        rows.append([f"**{wanted}**", *(f"{count:,}" for count in counts), percent(caught)])
    return [
        "## Kinds of relevance",
        "",
        *wrapped(
            "Our corpus: its comments under their own article, and the same ones under another. "
            f"Macro F1 {number(kinds.macro_f1)} ({interval(kinds.low, kinds.high)}). A row is "
            "what people say, a column what the model says."
        ),
        "",
        *table(["", *names, "right"], rows),
    ]


def _families(examined: Examined) -> list[str]:
    def rows(side: str) -> list[list[str]]:
        found = [family for family in examined.families.families if family.side == side]
        found.sort(key=lambda family: (_rank(family, side), family.name))
        return [
            [f.name, str(f.by_score.of), share_of(f.by_score), share_of(f.stopped)] for f in found
        ]

    return [
        "## By family",
        "",
        *wrapped(
            "Our corpus under the shipped policy: what is caught by the score alone, and what the "
            "whole policy holds or rejects. Worst first."
        ),
        "",
        "### Spam, by family",
        "",
        *table(["family", "rows", "caught by score", "held or rejected"], rows("spam")),
        "",
        "### Toxicity, by kind",
        "",
        *table(["kind", "rows", "caught by score", "held or rejected"], rows("toxic")),
        "",
        "### Good comments, by manner",
        "",
        *table(["manner", "rows", "false alarm by score", "held or rejected"], rows("good")),
    ]


def _rank(family: Family, side: str) -> float:
    return -family.stopped.rate if side == "good" else family.stopped.rate


def _praise(examined: Examined) -> list[str]:
    praise = examined.families.praise
    why = ", ".join(f"{code} {count}" for code, count in examined.families.praise_reasons)
    return [
        "## Thin praise",
        "",
        *wrapped(
            f"Held or rejected by the shipped policy: {share_of(praise)} of {praise.of} comments "
            f"that only praise, thank or assent{f'; first reason: {why}' if why else ''}."
        ),
    ]


def _attacks(examined: Examined) -> list[str]:
    rows = [
        [
            a.head,
            a.attack,
            str(a.clean.of),
            f"{percent(a.clean.rate)} → {percent(a.attacked.rate)}",
            f"{100 * a.lost:+.1f}",
            f"{100 * a.lost_low:+.1f} to {100 * a.lost_high:+.1f}",
            f"{percent(a.held_clean.rate)} → {percent(a.held_attacked.rate)}",
            f"{percent(a.alarms_clean.rate)} → {percent(a.alarms_attacked.rate)}",
        ]
        for a in examined.attacks
        if a.clean.of
    ]
    titles = ["score", "attack", "rows", "recall", "points lost", "95 %", "held or rejected"]
    lines = [
        "## Attacks",
        "",
        *wrapped(
            "Held-back comments in disguise, over the rows that an attack changes: recall of the "
            "score at the hold threshold, what the whole policy stops, and good comments held when "
            "they are disguised likewise. Points are of a hundred; below zero, disguise gives a "
            "comment away."
        ),
        "",
        *table([*titles, "false alarms"], rows),
    ]
    for found in examined.otherwise:
        lines += [
            "",
            *wrapped(
                f"Undoing disguise reads {found.changed:,} of {found.good:,} good comments "
                f"otherwise than they were written; {found.head} holds {share_of(found.added)} of "
                f"all only because of it, and spares {share_of(found.spared)}."
            ),
        ]
    return lines


def _explanations(examined: Examined) -> list[str]:
    rows = [
        [
            f.head,
            str(f.rows),
            number(f.top_drop),
            number(f.random_drop),
            percent(f.wins),
            f"{percent(f.wins_low)}–{percent(f.wins_high)}" if f.rows else NOTHING,
        ]
        for f in examined.faithful
    ]
    return [
        "## Explanations",
        "",
        *wrapped(
            "How far a probability of .5 or more falls when the span shown first is deleted, and "
            "when random text of the same length is; and how often the former falls further."
        ),
        "",
        *table(["score", "rows", "fall, first span", "fall, random", "wins", "95 %"], rows),
    ]


def _budgets(examined: Examined) -> list[str]:
    rows = [
        [
            t.head,
            "our corpus" if t.corpus else "all sources",
            f"{t.rows:,}",
            f"{100 * t.budget.wrong_at_most:g} %",
            percent(t.kept.exceeded),
            percent(t.kept.exceeded_elsewhere),
            percent(t.kept.supported),
            percent(t.kept.settled),
            number(t.kept.threshold),
        ]
        for t in examined.budgets
    ]
    if not rows:
        return ["## Error budgets", "", "Not tried: the model offers no score that can reject."]
    first = examined.budgets[0]
    titles = ["score", "rows of", "rows", "wrong at most", "exceeded", "exceeded on the rest"]
    return [
        "## Error budgets",
        "",
        *wrapped(
            f"“At most so many of what is rejected may be wrong, {100 * first.budget.sure:g} % "
            f"sure”, over {first.kept.splits} random splits of the held-back rows by article and "
            "thread, half of them calibrated on, on a site with "
            f"{100 * first.budget.bad_share:g} % bad comments. Exceeded is a split whose threshold "
            "breaks the budget on all rows, which the promise speaks of; the rest, the rows not "
            "calibrated on, are a sample with noise of its own. Supported is a split with any "
            "threshold; settled is the mean share of a site's comments that are rejected by it."
        ),
        "",
        *table([*titles, "supported", "settled", "median threshold"], rows),
    ]


def _speed(examined: Examined) -> list[str]:
    speed = examined.speed
    under = "its article known" if speed.article else "without an article"
    return [
        "## Speed",
        "",
        *wrapped(
            f"One comment of 200 characters, {under}, all scores, in process, on the machine that "
            "wrote this report, linear algebra on one thread: median "
            f"{speed.median_ms:.2f} ms, 99 % within {speed.p99_ms:.2f} ms of {speed.runs} runs; "
            f"with its explanation, median {speed.explained_ms:.2f} ms."
        ),
    ]


def refit_section(curve: Sequence[Refitted], ablated: Sequence[Refitted]) -> list[str]:
    """Give the section of models that were fitted anew, as lines."""
    heads = list(curve[-1].measured) if curve else []
    rows = [
        [found.name, f"{found.rows:,}", *(_cell(found.measured[head]) for head in heads)]
        for found in (*curve, *ablated)
    ]
    return [
        "",
        "## Fitted anew",
        "",
        *wrapped(
            "ROC-AUC of models fitted from nothing on a share of the fitting split, and on all of "
            "it without one group of features, on the same held-back rows."
        ),
        "",
        f"![Learning curve]({FOLDER}/learning-curve.svg)",
        "",
        *table(["fitted on", "rows", *heads], rows),
    ]


def _cell(found: Measured) -> str:
    low, high = found.auc_low, found.auc_high
    return f"{number(found.auc)} ({interval(low, high)})"


def _auc(part: Part) -> list[str]:
    found = part.measured
    sure = part.groups >= _LEAST_GROUPS
    ends = interval(found.auc_low, found.auc_high) if sure else "too few groups"
    return [number(found.auc), ends if found.by_source else NOTHING]
