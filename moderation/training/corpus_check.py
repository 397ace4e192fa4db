"""
Checks the corpus as a whole: every row, the balance, near-duplicates, leaks between splits.

For the `corpus` command and the tests; training reads without it. Changes no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from moderation.text import UNKNOWN
from moderation.training.corpus import Entries, read_entries
from moderation.training.corpus_balance import balance_errors, balance_warnings, corpus_counts
from moderation.training.duplicates import Pair, near_pairs
from moderation.training.rows import Row, Split, split_of

__all__ = ["NEAR_RATE", "Findings", "Repeats", "check_corpus"]

NEAR_RATE = 0.01
"""The corpus promises that fewer comments than this, of each language, say what another says."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """
    How many texts of one language say nearly what an earlier one of it says.

    Attributes:
        texts: how many there are.
        near: how many are near-duplicates.
        copied: how many are so because one of the two is a ``copied_comment``; not among `near`.
    """

    texts: int
    near: int
    copied: int = 0

    @property
    def rate(self) -> float:
        """Share of near-duplicates, 0..1."""
        return self.near / self.texts if self.texts else 0.0


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What the check found.

    Attributes:
        errors: one line each, beginning with file:line and key, or with the language.
        warnings: the same; nothing that must be mended.
        counts: as `corpus_counts` gives them.
        comments: language to its repeats.
        articles: the same of the articles.
    """

    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    comments: dict[str, Repeats] = field(default_factory=dict)
    articles: dict[str, Repeats] = field(default_factory=dict)


def check_corpus(folder: Path) -> Findings:
    """
    Check all ``articles.*.jsonl`` and ``comments.*.jsonl`` of a folder.

    A row that breaks the schema is an error, and with one nothing else is looked at. Else it is an
    error when a language lacks a label, when `NEAR_RATE` of its comments or articles are
    near-duplicates, and when two splits share a text, for then a model is measured on what it was
    fitted on. A ``copied_comment`` may be near the comment that it copies.
    """
    faults: list[str] = []
    entries = read_entries(folder, lambda fault: faults.append(str(fault)))
    if faults:
        return Findings(tuple(faults))
    counts = corpus_counts(entry.row for entry in entries.comments.values())
    errors = balance_errors(counts)
    warnings = [*balance_warnings(counts), *_unused(entries)]
    repeats: dict[str, dict[str, Repeats]] = {}
    for name, texts in (("articles", _articles(entries)), ("comments", _comments(entries))):
        pairs = near_pairs([text.text for text in texts])
        repeats[name] = _repeats(texts, pairs)
        errors += [*_rate_errors(name, repeats[name]), *_leaks(texts, pairs)]
        warnings += _near_duplicates(texts, pairs)
    return Findings(
        tuple(errors), tuple(warnings), counts, repeats["comments"], repeats["articles"]
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A comment or article to compare; `where` is file:line and key."""

    where: str
    id: str
    text: str
    language: str
    split: Split
    copied: bool = False


def _comments(entries: Entries) -> list[_Text]:
    return [
        _Text(
            where=f"{entry.where}: text",
            id=entry.id,
            text=entry.row.text,
            language=entry.row.language,
            split=split_of(entry.row),
            copied=entry.row.family == "copied_comment",
        )
        for entry in entries.comments.values()
    ]


def _articles(entries: Entries) -> list[_Text]:
    return [
        _Text(
            where=f"{entry.where}: body",
            id=name,
            text=f"{entry.article.title}\n{entry.article.body}",
            language=entry.article.language or UNKNOWN,
            # Its comments' split, which hangs on the article's id alone.
            split=split_of(Row(text="", source="corpus", group=name)),
        )
        for name, entry in entries.articles.items()
    ]


def _unused(entries: Entries) -> list[str]:
    used = {entry.row.group for entry in entries.comments.values()}
    return [
        f"{entry.where}: id: no comment stands under {name}"
        for name, entry in entries.articles.items()
        if name not in used
    ]


def _repeats(texts: Sequence[_Text], pairs: Sequence[Pair]) -> dict[str, Repeats]:
    near: set[int] = set()
    copied: set[int] = set()
    for pair in pairs:
        early, late = texts[pair.early], texts[pair.late]
        if early.language == late.language:
            (copied if _is_copy(early, late) else near).add(pair.late)
    total = Counter(text.language for text in texts)
    nears = Counter(texts[place].language for place in near)
    copies = Counter(texts[place].language for place in copied - near)
    return {
        language: Repeats(total[language], nears[language], copies[language])
        for language in sorted(total)
    }


def _rate_errors(name: str, repeats: dict[str, Repeats]) -> list[str]:
    return [
        f"{language}: {found.near} of {found.texts} {name} are near-duplicates, {found.rate:.1%}; "
        f"the corpus promises less than {NEAR_RATE:.0%}"
        for language, found in repeats.items()
        if found.rate >= NEAR_RATE
    ]


def _leaks(texts: Sequence[_Text], pairs: Sequence[Pair]) -> list[str]:
    return [
        f"{_likeness(texts, pair)}, but one is for {texts[pair.late].split}, the other for "
        f"{texts[pair.early].split}"
        for pair in _firsts(pair for pair in pairs if _is_leak(texts[pair.early], texts[pair.late]))
    ]


def _near_duplicates(texts: Sequence[_Text], pairs: Sequence[Pair]) -> list[str]:
    """Name what counts towards the rate and is not an error already."""
    counted = (
        pair
        for pair in pairs
        if texts[pair.early].language == texts[pair.late].language
        and not _is_copy(texts[pair.early], texts[pair.late])
        and not _is_leak(texts[pair.early], texts[pair.late])
    )
    return [_likeness(texts, pair) for pair in _firsts(counted)]


def _firsts(pairs: Iterable[Pair]) -> list[Pair]:
    """Keep the first pair of each later text: of many copies each is named once."""
    first: dict[int, Pair] = {}
    for pair in pairs:
        first.setdefault(pair.late, pair)
    return list(first.values())


def _is_copy(early: _Text, late: _Text) -> bool:
    # Two copies that are alike copy no comment but each other.
    return early.copied != late.copied


def _is_leak(early: _Text, late: _Text) -> bool:
    return early.split is not late.split and not _is_copy(early, late)


def _likeness(texts: Sequence[_Text], pair: Pair) -> str:
    early, late = texts[pair.early], texts[pair.late]
    how = "the same" if pair.similarity == 1 else "nearly the same"
    return f"{late.where}: {late.id} says {how} as {early.id} ({early.where.split(': ')[0]})"
