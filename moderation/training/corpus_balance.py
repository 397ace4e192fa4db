"""
Counts what the corpus holds in each language, and says what is missing or out of proportion.

Reads no file; compares no texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from moderation.terms import TOXIC_KINDS, RelevanceKind
from moderation.training.corpus_lines import SPAM_FAMILIES
from moderation.training.rows import Row, Split, split_of

__all__ = ["LABELS", "NAMES", "balance_errors", "balance_warnings", "corpus_counts"]

LABELS = ("spam", "toxic", *(kind.value for kind in RelevanceKind))
"""What every language must have rows of."""

NAMES = (
    *("articles", *(split.value for split in Split)),
    *("comments", *LABELS, *SPAM_FAMILIES, *TOXIC_KINDS),
)
"""What `corpus_counts` counts, in the order to show it."""

_USUAL = {
    "spam": (0.05, 0.25),
    "toxic": (0.05, 0.35),
    "on_topic": (0.50, 0.85),
    "generic": (0.03, 0.20),
    "off_topic": (0.04, 0.25),
}
"""
Share of a language's comments that a label may have without a warning.

In the twelve languages of the first full corpus they lie from .12 to .13, .14 to .18, .65 to .75,
.06 to .09 and .09 to .14, in this order; the bounds leave about twice that to either side.
"""

_MAIN = ("en", "ar", "fa")
_MAIN_SHARE = 0.5
"""How much of the corpus is in the languages that most readers of the product's sites write."""


def corpus_counts(rows: Iterable[Row]) -> Counter[tuple[str, str]]:
    """
    Count by language and name.

    The names are `NAMES`: articles and how many of them are in each split, comments and how many
    have each label, are of each family of spam and each kind of toxicity. None counts 0.
    """
    counts: Counter[tuple[str, str]] = Counter()
    articles: dict[tuple[str, str], Split] = {}
    for row in rows:
        names = ["comments"]
        if row.spam:
            names += ["spam"] if row.family is None else ["spam", row.family]
        if row.toxicity:
            names += ["toxic", *(row.kinds or ())]
        if row.kind is not None:
            names.append(row.kind.value)
        counts.update((row.language, name) for name in names)
        articles[row.language, row.group] = split_of(row)
    for (language, _), split in articles.items():
        counts.update(((language, "articles"), (language, split.value)))
    return counts


def balance_errors(counts: Counter[tuple[str, str]]) -> list[str]:
    """Name each language that has no row at all of a label: it cannot be learned or measured."""
    return [
        f"{language}: no comment is {label}"
        for language in _languages(counts)
        for label in LABELS
        if not counts[language, label]
    ]


def balance_warnings(counts: Counter[tuple[str, str]]) -> list[str]:
    """Name what is missing, or oddly frequent or rare, in a language, and what of the whole is."""
    warnings: list[str] = []
    for language in _languages(counts):
        warnings += _missing(language, "no spam is", SPAM_FAMILIES, counts)
        warnings += _missing(language, "no toxic comment is", TOXIC_KINDS, counts)
        warnings += _missing(language, "no article is in the split", tuple(Split), counts)
        for label, (least, most) in _USUAL.items():
            share = counts[language, label] / counts[language, "comments"]
            if share and not least <= share <= most:
                usual = f"{least:.0%} to {most:.0%} is usual"
                warnings.append(f"{language}: {share:.1%} of the comments are {label}; {usual}")
    total = sum(counts[language, "comments"] for language in _languages(counts))
    main = sum(counts[language, "comments"] for language in _MAIN)
    if total and main < _MAIN_SHARE * total:
        names = ", ".join(_MAIN)
        warnings.append(
            f"{names} are {main / total:.1%} of all comments; at least {_MAIN_SHARE:.0%} is wanted"
        )
    return warnings


def _languages(counts: Counter[tuple[str, str]]) -> list[str]:
    return sorted({language for language, _ in counts})


def _missing(
    language: str, what: str, names: Sequence[str], counts: Counter[tuple[str, str]]
) -> list[str]:
    missing = [name for name in names if not counts[language, name]]
    return [f"{language}: {what} {', '.join(missing)}"] if missing else []
