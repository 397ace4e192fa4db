"""What the review pages say in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moderation.desk.disguise import Disguise
from moderation.terms import RelevanceKind, Scores
from moderation.web.review.words import age, excerpt, foreign_scripts, percent, score_rows
from tests.fakes import NOON


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=25), "1 day"),
        (timedelta(days=9), "9 days"),
    ],
)
def test_ages_are_short(passed: timedelta, said: str) -> None:
    """An age has at most two units."""
    assert age(NOON - passed, NOON) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "< 1%"), (0.004, "< 1%"), (0.5, "50%"), (0.997, "> 99%"), (1, "> 99%")],
)
def test_no_score_claims_certainty(value: float, said: str) -> None:
    """Neither nought nor a hundred percent is ever shown."""
    assert percent(value) == said


def test_an_excerpt_ends_at_a_word() -> None:
    """Long texts are cut between words, or anywhere when there are none."""
    assert excerpt("one two three four", 12) == "one two…"
    assert excerpt("短" * 30, 10) == "短" * 10 + "…"
    assert excerpt(" short\n text ", 20) == "short text"


def test_a_failed_check_is_told_from_one_without_anything_to_judge() -> None:
    """A broken head says "not checked"; relevance without an article says why it is empty."""
    values = {"spam": None, "toxicity": 0.9, "relevance": None, "substance": 0.2, "threat": 0.1}
    rows = {row["name"]: row for row in score_rows(Scores(values, failed=("spam",)))}
    assert rows["Spam"]["said"] == "not checked"
    assert rows["Relevance"]["said"] == "nothing to judge by"
    assert list(rows) == ["Spam", "Toxicity", "Threat", "Relevance", "Substance"]
    assert [name for name, row in rows.items() if row["concern"]] == ["Toxicity", "Substance"]


def test_what_moderators_would_do_is_shown_once_it_is_known() -> None:
    """Before there are verdicts enough there is no line of it; one that broke is told."""
    scores = {"spam": 0.1, "likely_to_reject": None}
    assert [row["name"] for row in score_rows(Scores(scores))][-1] != "Likely to reject"
    broken = score_rows(Scores(scores, failed=("likely_to_reject",)))[-1]
    assert (broken["name"], broken["said"]) == ("Likely to reject", "not checked")
    known = score_rows(Scores({**scores, "likely_to_reject": 0.8}))[-1]
    assert (known["said"], known["word"]) == ("80%", "high")


def test_relevance_is_shown_with_its_kind() -> None:
    """The kind stands beside the number."""
    scores = Scores({"relevance": 0.1}, relevance_kind=RelevanceKind.OFF_TOPIC)
    row = next(row for row in score_rows(scores) if row["name"] == "Relevance")
    assert (row["word"], row["concern"]) == ("off topic", True)


def test_a_concern_is_said_in_words_too() -> None:
    """High toxicity and low substance say so beside the number."""
    scores = Scores({"spam": 0.1, "toxicity": 0.9, "substance": 0.2})
    assert [row["word"] for row in score_rows(scores)] == [None, "high", None, "low"]


def test_letters_of_another_script_are_named() -> None:
    """A word that looks right tells which script its odd letters come from."""
    assert foreign_scripts(Disguise("v\u0456agra", "viagra")) == "Cyrillic"
    assert foreign_scripts(Disguise("b.u.y", "buy")) == ""
