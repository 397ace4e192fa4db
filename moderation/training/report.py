"""
Writes a model's `report.md`: what it learned from, how well it does, how it compares.

Formats numbers that others measured; measures nothing.
"""

from __future__ import annotations

from moderation.classifiers.bundle import Card

__all__ = ["report"]


def report(card: Card, table: str) -> str:
    """Give the report as Markdown, made to be read in a diff."""
    lines = [
        f"# Model {card.version}",
        "",
        f"Made {card.created_at} with seed {card.seed}; "
        + ", ".join(f"{name} {version}" for name, version in card.libraries.items())
        + ".",
        "",
        "## Held-back quality",
        "",
        "ROC-AUC is the mean over sources, each measured alone; intervals are 95 %, by bootstrap",
        "over articles and threads. Reproduce with `make evaluate`.",
        "",
        "```",
        table,
        "```",
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
        lines += ["", f"Parked: {card.parked_because}." if card.parked_because else "Promoted."]
    return "\n".join(lines) + "\n"
