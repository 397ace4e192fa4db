"""Balance of the corpus: what is counted, and what is missing or out of proportion."""

from __future__ import annotations

from collections import Counter

import pytest

from moderation.terms import RelevanceKind
from moderation.training.corpus_balance import (
    LABELS,
    NAMES,
    balance_errors,
    balance_warnings,
    corpus_counts,
)
from moderation.training.rows import Row

USUAL = {"comments": 100, "spam": 12, "toxic": 15, "on_topic": 70, "generic": 8, "off_topic": 12}


def counts_of(language: str, **changes: int) -> Counter[tuple[str, str]]:
    """Give counts of a language that lacks nothing, but for the changes."""
    every = dict.fromkeys(NAMES, 3) | USUAL | changes
    return Counter({(language, name): number for name, number in every.items()})


def test_rows_are_counted_by_language_and_label() -> None:
    """A row counts under each thing that it is; its article once, in its split."""
    rows = [
        Row("a", "corpus", "en-a001", "en", spam=True, family="crypto", kinds=frozenset()),
        Row(
            "b",
            "corpus",
            "en-a001",
            "en",
            toxicity=True,
            kind=RelevanceKind.ON_TOPIC,
            family="threat",
            kinds=frozenset({"threat", "insult"}),
        ),
        Row("c", "corpus", "fa-a006", "fa", kind=RelevanceKind.GENERIC, family="thanks"),
    ]
    counts = corpus_counts(rows)
    assert {name: number for (language, name), number in counts.items() if language == "en"} == {
        "comments": 2,
        "spam": 1,
        "crypto": 1,
        "toxic": 1,
        "threat": 1,
        "insult": 1,
        "on_topic": 1,
        "articles": 1,
        "test": 1,
    }
    assert (counts["fa", "generic"], counts["fa", "fit"], counts["fa", "thanks"]) == (1, 1, 0)


@pytest.mark.parametrize("label", LABELS)
def test_a_language_without_a_label_is_an_error(label: str) -> None:
    """What a language has no row of can be neither learned nor measured in it."""
    assert balance_errors(counts_of("fr")) == []
    assert balance_errors(counts_of("fr", **{label: 0})) == [f"fr: no comment is {label}"]


@pytest.mark.parametrize("name", ["crypto", "threat", "calibrate"])
def test_what_is_missing_is_named(name: str) -> None:
    """A family, a kind or a split that a language has nothing of is worth a warning."""
    assert balance_warnings(counts_of("en")) == []
    (warning,) = balance_warnings(counts_of("en", **{name: 0}))
    assert warning.startswith("en: no ")
    assert warning.endswith(f" {name}")


@pytest.mark.parametrize(("label", "number"), [("spam", 2), ("toxic", 60), ("on_topic", 20)])
def test_an_odd_share_is_named(label: str, number: int) -> None:
    """Too few or too many of a label: the warning gives the share and the usual one."""
    (warning,) = balance_warnings(counts_of("en", **{label: number}))
    assert f"{number}.0% of the comments are {label}" in warning


def test_the_main_languages_are_half_of_it() -> None:
    """English, Arabic and Persian below half of all comments are worth a warning."""
    assert balance_warnings(counts_of("fa") + counts_of("tr")) == []
    (warning,) = balance_warnings(counts_of("fa") + counts_of("tr") + counts_of("ru"))
    assert "33.3%" in warning
