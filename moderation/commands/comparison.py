"""
Tells how we compare with another service: agreement, thresholds to paste, comments to look at.

Prints what `agreement` reckons from columns of numbers; reads no comment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import click
import numpy as np

from moderation.commands.agreement import (
    Bool,
    Confusion,
    Float64,
    Interval,
    Proposal,
    confusion,
    percentiles,
    rank_correlation,
    roc_auc,
    same_share,
    surest,
)
from moderation.commands.logged import AKISMET
from moderation.commands.output import print_table
from moderation.desk.check import SIGNAL_NAMES
from moderation.policy import Policy, read_policies
from moderation.policy.policy import LOW_IS_BAD
from moderation.terms import HEADS
from moderation.web.perspective_attributes import ATTRIBUTES, Attribute

if TYPE_CHECKING:
    from moderation.commands.compare import Columns
    from moderation.config import Config

__all__ = ["Disagreement", "Pair", "disagreements", "pairs", "show"]

_FEW = 30
"""With fewer flagged comments than this, or fewer others, a threshold is a guess."""

_APART = 0.25
"""Places that are nearer to each other than this are no disagreement worth a look."""


@dataclass(frozen=True, slots=True)
class Pair:
    """
    One attribute beside the score of ours that measures the same, on the rows that have both.

    Attributes:
        attribute: the other service's name for it.
        measure: which score of ours it is.
        ours: in the direction of the attribute: high is bad; shape (n,).
        theirs: shape (n,).
        lines: of the file, shape (n,).
    """

    attribute: str
    measure: Attribute
    ours: Float64
    theirs: Float64
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A line about which both differ most, and the numbers in words."""

    line: int
    told: str


def pairs(columns: Columns) -> Iterator[Pair]:
    """Give every attribute that one of our scores measures, with the rows that have both."""
    for name, column in columns.theirs.items():
        measure = Attribute("spam") if name == AKISMET else ATTRIBUTES.get(name.partition("@")[0])
        if measure is None or measure.head not in columns.ours:
            continue
        ours, theirs = np.asarray(columns.ours[measure.head]), np.asarray(column)
        both = np.isfinite(ours) & np.isfinite(theirs)
        if both.any():
            ours = 1 - ours if measure.inverted else ours
            lines = np.asarray(columns.lines)[both]
            yield Pair(name, measure, ours[both], theirs[both], lines)


def show(
    config: Config,
    site: str,
    columns: Columns,
    threshold: Callable[[str], float],
    *,
    given: Collection[str] = (),
) -> None:
    """
    Print the comparison.

    Args:
        threshold: gives from which score of an attribute the site held comments.
        given: attributes whose threshold was named; one that no row has is said to be missing.
    """
    policies = read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS)
    policy = policies.for_site(site)
    found = list(pairs(columns))
    click.echo(f"{len(columns.lines):,} comments compared, by the policy of {site!r}")
    for name in sorted(set(columns.theirs) - {pair.attribute for pair in found}):
        click.echo(f"{name}: nothing here measures it, so it is left out")
    for name in sorted(set(given) - set(columns.theirs)):
        click.echo(f"{name}: no line has it")
    # What the site decided by: what it names, or else what most sites go by.
    decisive = {AKISMET, *(given or ("TOXICITY",))}
    chosen: dict[str, str] = {}
    for pair in found:
        snippet = _show_pair(pair, policy, threshold(pair.attribute))
        if snippet and pair.attribute in decisive:
            # Of several attributes that one score measures, the first in the file decides.
            chosen.setdefault(pair.measure.head, snippet)
    _show_decisions(columns, found)
    if chosen:
        click.echo(
            "\nThresholds that hold as many comments as before, to paste into the site's policy;"
            "\nwhat signals, rules and the other scores hold comes on top:\n"
        )
        click.echo("\n\n".join(chosen.values()))


def _show_pair(pair: Pair, policy: Policy, from_: float) -> str | None:
    """Print how one attribute compares; give its threshold as TOML, None where it is no use."""
    head = pair.measure.head
    flagged: Bool = pair.theirs >= (0.5 if pair.attribute == AKISMET else from_)
    bad, n = int(flagged.sum()), len(flagged)
    said = "says spam" if pair.attribute == AKISMET else f"{from_:g} and more"
    click.echo(f"\n{pair.attribute} against our {head}, {n:,} comments; {said}: {bad:,}")
    if pair.attribute != AKISMET:
        click.echo(f"  the same order       {_interval(rank_correlation(pair.ours, pair.theirs))}")
    area = roc_auc(pair.ours, flagged)
    click.echo(f"  ROC-AUC against it   {_interval(area)}")
    same, best = same_share(pair.ours, flagged), surest(pair.ours, flagged)
    now = _in_force(policy, pair.measure)
    rows = [
        _row(
            "in force now", now, None, None if now is None else confusion(pair.ours, flagged, now)
        ),
        _proposed("as many held as before", same),
        _proposed("decided alike most often", best),
    ]
    titles = ("  our threshold", "at", "95 %", "alike", "kappa", "both", "only they", "only we")
    print_table(titles, [row for row in rows if row], empty="  nothing to compare")
    if same is None:
        click.echo("  None of these is flagged, or all are: no threshold can be found.")
    elif min(bad, n - bad) < _FEW:
        click.echo(f"  Only {min(bad, n - bad)} of the rarer kind: too few to set a threshold by.")
    elif not area.low > 0.5:
        click.echo("  Our score does not tell these apart: no threshold can stand in for theirs.")
    elif head != "relevance":
        return _snippet(pair, same, policy, bad, n)
    return None


def _in_force(policy: Policy, measure: Attribute) -> float | None:
    """Give from where the policy holds, in the direction of the attribute."""
    found = next((t for t in policy.thresholds if t.head == measure.head), None)
    if found is None:
        return None
    if measure.inverted:
        return None if found.hold_below is None else 1 - found.hold_below
    return found.hold if found.hold is not None else found.reject


def _proposed(name: str, proposal: Proposal | None) -> tuple[str, ...] | None:
    if proposal is None:
        return None
    ends = f"{proposal.low:.4g} to {proposal.high:.4g}"
    return _row(name, proposal.threshold, ends, proposal.counts)


def _row(
    name: str, at: float | None, ends: str | None, counts: Confusion | None
) -> tuple[str, ...] | None:
    if at is None or counts is None:
        return None
    alike = counts.alike
    return (
        f"  {name}",
        f"{at:.4g}",
        ends or "",
        f"{alike.rate:.1%} ({alike.low:.1%} to {alike.high:.1%})",
        "" if math.isnan(counts.kappa) else f"{counts.kappa:.2f}",
        f"{counts.both:,}",
        f"{counts.only_they:,}",
        f"{counts.only_we:,}",
    )


def _snippet(pair: Pair, same: Proposal, policy: Policy, bad: int, n: int) -> str:
    head, counts = pair.measure.head, same.counts
    lines = [
        f"# {pair.attribute} flagged {bad:,} of {n:,} comments; from here we hold"
        f" {counts.both + counts.only_we:,}, {counts.both:,} of them the same.",
        f"[thresholds.{head}]",
    ]
    low, at, high = same.low, same.threshold, same.high
    if head in LOW_IS_BAD:
        # What is held there is less than the number, and the row that set it should be.
        low, at, high = (1 - value + 1e-4 for value in (high, at, low))
        lines.append(f"hold_below = {at:.4f}  # {low:.4g} to {high:.4g} is not ruled out")
        return "\n".join(lines)
    lines.append(f"hold = {at:.4f}  # {low:.4g} to {high:.4g} is not ruled out")
    reject = next((t.reject for t in policy.thresholds if t.head == head), None)
    if reject is not None and at > reject:
        lines.append("reject = false  # it may not come before the hold")
    return "\n".join(lines)


def _show_decisions(columns: Columns, found: list[Pair]) -> None:
    """Show how well either side foretells what the site decided in the end."""
    kept = np.asarray(columns.kept_off)
    known = np.isfinite(kept)
    bad = int((kept[known] == 1).sum())
    if not known.any():
        return
    of = int(known.sum())
    click.echo(f"\nThe site's own decisions: {of:,} logged, {bad:,} held or rejected")
    if not 0 < bad < of:
        click.echo("  All are alike, so nothing can be told from them.")
        return
    rows = []
    at = np.asarray(columns.lines)
    for pair in found:
        here = known & np.isin(at, pair.lines)
        mine, flagged = np.isin(pair.lines, at[here]), kept[here] == 1
        rows.append(
            (
                f"  {pair.attribute}",
                f"{len(flagged):,}",
                _interval(roc_auc(pair.theirs[mine], flagged)),
                _interval(roc_auc(pair.ours[mine], flagged)),
            )
        )
    titles = ("  score", "comments", "ROC-AUC theirs", "ROC-AUC ours")
    if rows:
        print_table(titles, rows, empty="")
    ours = np.asarray(columns.decisions)[known]
    counts = confusion(ours, kept[known] == 1, 0.5)
    alike = counts.alike
    click.echo(
        f"  Our policy as a whole decides {alike.rate:.1%} ({alike.low:.1%} to {alike.high:.1%})"
        f" alike: {counts.both:,} kept off by both, {counts.only_they:,} only by the site,"
        f" {counts.only_we:,} only by us."
    )


def disagreements(columns: Columns, top: int) -> list[Disagreement]:
    """
    Give the lines whose place differs most between both, each line once.

    Places are compared, not numbers: a score of .7 here is not a score of .7 there. Akismet's
    answer has no place; against it, the comments count that we are surest about.
    """
    of_pairs: list[list[Disagreement]] = []
    for pair in pairs(columns):
        if pair.attribute == AKISMET:
            gap = np.abs(pair.theirs - pair.ours)
        else:
            gap = np.abs(percentiles(pair.theirs) - percentiles(pair.ours))
        largest = np.argsort(-gap, kind="stable")[:top]
        of_pairs.append([_disagreement(pair, at) for at in largest if gap[at] > _APART])
    # In turn, so that one attribute does not fill the list.
    found: dict[int, Disagreement] = {}
    for turn in zip_longest(*of_pairs):
        for each in turn:
            if each is not None:
                found.setdefault(each.line, each)
    return list(found.values())[:top]


def _disagreement(pair: Pair, at: np.intp) -> Disagreement:
    ours = f"our {'1 - ' if pair.measure.inverted else ''}{pair.measure.head} {pair.ours[at]:.2f}"
    return Disagreement(int(pair.lines[at]), f"{pair.attribute} {_said(pair, at)}, {ours}")


def _said(pair: Pair, at: np.intp) -> str:
    value = float(pair.theirs[at])
    return str(value >= 0.5).lower() if pair.attribute == AKISMET else f"{value:.2f}"


def _interval(found: Interval) -> str:
    if math.isnan(found.value):
        return "cannot be told from these"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
