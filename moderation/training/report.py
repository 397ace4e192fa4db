"""
Writes a model's `report.md`: what it learned from, how well it does, how it compares.

Puts together what others measured and drew; measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from moderation.classifiers.bundle import Card
from moderation.classifiers.reject import REJECT
from moderation.errors import TrainingError
from moderation.training.sections import FOLDER

__all__ = ["prepare_folder", "report", "write_report"]

_WIDTH = 100


def prepare_folder(folder: Path) -> None:
    """
    Make the place for figures, before anything is measured in vain.

    Args:
        folder: of the model.

    Raises:
        TrainingError: it cannot be written to.
    """
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        (folder / FOLDER / ".draft").touch()
        (folder / FOLDER / ".draft").unlink()
    except OSError as error:
        raise TrainingError(
            f"{folder} cannot be written to, so there is no place for the report: {error.strerror}"
        ) from error


def write_report(folder: Path, text: str, figures: Mapping[str, str]) -> None:
    """
    Write the report and its figures in place of those that are there.

    Args:
        folder: of the model.
        text: the report.
        figures: file name -> SVG.
    """
    for old in (folder / FOLDER).glob("*.svg"):
        if old.name not in figures:
            old.unlink()
    for name, drawing in figures.items():
        (folder / FOLDER / name).write_text(drawing, encoding="utf-8")
    (folder / "report.md").write_text(text, encoding="utf-8")


def report(
    card: Card, table: str, sections: Sequence[str] = (), *, goals: Sequence[str] = ()
) -> str:
    """
    Give the report as Markdown, made to be read in a diff.

    Args:
        card: of the model.
        table: the quality of every head, as a terminal shows it.
        sections: lines of what was measured besides; training measures nothing besides.
        goals: lines of the numbers to reach, which come first.
    """
    lines = [
        f"# Model {card.version}",
        "",
        f"Made {card.created_at} with seed {card.seed}; "
        + ", ".join(f"{name} {version}" for name, version in card.libraries.items())
        + ".",
        *goals,
        "",
        "## Held-back quality",
        "",
        "ROC-AUC is the mean over sources, each measured alone; intervals are 95 %, by bootstrap",
        "over articles and threads. Reproduce with `make evaluate`.",
        "",
        "```",
        table,
        "```",
        *_verdicts(card),
        *sections,
        "",
        "## Learned from",
        "",
        "| source | licence | fit | calibrate | held back | SHA-256 |",
        "|---|---|---|---|---|---|",
    ]
    for entry in card.data:
        rows = entry["rows"]
        lines.append(
            f"| {entry['name']} | {entry['licence']} | {rows['fit']:,} | {rows['calibrate']:,} "
            f"| {rows['test']:,} | {(entry['sha256'] or '–')[:12]} |"
        )
    if card.comparison:
        lines += [
            "",
            f"## Against {card.parent}",
            "",
            "New minus live, on the same held-back rows; 95 % by paired bootstrap.",
            "",
            "| head | ROC-AUC | 95 % | Brier | 95 % |",
            "|---|---|---|---|---|",
        ]
        for head, c in card.comparison.items():
            if {"auc_low", "brier_low"} <= c.keys():
                lines.append(
                    f"| {head} | {c['auc_change']:+.4f} | {c['auc_low']:+.4f} to "
                    f"{c['auc_high']:+.4f} | {c['brier_change']:+.4f} | {c['brier_low']:+.4f} to "
                    f"{c['brier_high']:+.4f} |"
                )
        named = card.notes.get("slices")
        if named:
            lines += [
                "",
                f"Harmless sentences that name a group: {named['false_alarms']} of "
                f"{named['sentences']} would be held, before {named['false_alarms_live']}.",
            ]
        lines += ["", f"Parked: {card.parked_because}." if card.parked_because else "Promoted."]
    return "\n".join(lines) + "\n"


def _verdicts(card: Card) -> list[str]:
    """Say what moderators' verdicts support; nothing where there are none."""
    numbers = card.notes.get(REJECT)
    if not numbers or not numbers["verdicts"]:
        return []
    said = (
        f"`{REJECT}`: {numbers['verdicts']:,} verdicts under {numbers['articles']:,} articles, "
        f"{numbers['rejected']:,} of them rejecting."
    )
    if "roc_auc_low" in numbers:
        said += (
            f" ROC-AUC {numbers['roc_auc']:.3f} (95 % {numbers['roc_auc_low']:.3f} to "
            f"{numbers['roc_auc_high']:.3f}), each judged by a head that never saw its article."
        )
    if "not_offered" in numbers:
        said += f" Not offered: {numbers['not_offered']}."
    return ["", *wrap(said, _WIDTH)]
