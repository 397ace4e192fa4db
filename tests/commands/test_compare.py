"""`compare` reads what a site logged, scores it, and says where thresholds go."""

from __future__ import annotations

import json
import random
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation.commands.agreement import (
    confusion,
    rank_correlation,
    roc_auc,
    same_share,
    surest,
)
from moderation.commands.logged import read_logged
from moderation.desk.check import SIGNAL_NAMES
from moderation.errors import InputError
from moderation.policy import read_policies
from moderation.terms import HEADS

KIND = ("The council has put off the tram line to the harbour again", "The bridges need repair")
RUDE = ("You are a stupid idiot and everybody hates you", "Shut up, you disgusting moron")


def write_log(path: str, rows: list[Any]) -> None:
    """Write rows as JSON lines; text is written as it is."""
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def made_rows(count: int = 300, rude: float = 0.3) -> list[dict[str, Any]]:
    """Make rows another service scored sensibly, and a site decided by .8."""
    chance = random.Random(7)
    rows = []
    for number in range(count):
        is_rude = chance.random() < rude
        score = min(1.0, max(0.0, chance.gauss(0.9 if is_rude else 0.2, 0.05)))
        text = f"{chance.choice(RUDE if is_rude else KIND)}, {number}."
        rows.append({"text": text, "perspective": {"TOXICITY": score}, "published": score < 0.8})
    return rows


def test_it_shows_agreement_and_a_policy_to_paste(run) -> None:
    """Counts, ranks, areas with intervals, and thresholds that a policy takes."""
    write_log("log.jsonl", made_rows())
    ran = run("compare", "log.jsonl", "--jobs", "1")
    assert (ran.code, ran.err) == (0, "")
    assert "300 comments compared" in ran.out
    area = re.search(r"ROC-AUC against it +([\d.]+) \(([\d.]+) to ([\d.]+)\)", ran.out)
    assert area is not None
    value, low, high = map(float, area.groups())
    assert 0.8 < low <= value <= high <= 1
    assert "The site's own decisions: 300 logged" in ran.out
    pasted = ran.out.partition("comes on top:\n")[2].partition("\nLargest")[0]
    Path("own.toml").write_text(pasted)
    assert tomllib.loads(pasted).keys() == {"thresholds"}
    policies = read_policies(Path("own.toml"), signal_names=SIGNAL_NAMES, score_names=HEADS)
    assert policies.default.hold("toxicity") is not None


def test_whole_answers_and_akismets_are_read_too(run) -> None:
    """A logged answer of the Perspective API, and Akismet's word, as they came."""
    rows = [
        {
            "text": row["text"],
            "perspective": {
                "attributeScores": {
                    "TOXICITY": {
                        "summaryScore": {"value": row["perspective"]["TOXICITY"]},
                        "spanScores": [],
                    },
                    "FLIRTATION": {"summaryScore": {"value": 0.5}},
                },
                "languages": ["en"],
            },
            "akismet": "false",
            "article": {"title": "Tram", "body": "The tram is late."},
        }
        for row in made_rows(60)
    ]
    write_log("log.jsonl", rows)
    ran = run("compare", "log.jsonl", "--jobs", "1", "--top", "0")
    assert ran.code == 0
    assert "TOXICITY against our toxicity, 60 comments" in ran.out
    assert "FLIRTATION: nothing here measures it" in ran.out
    assert "akismet against our spam, 60 comments; says spam: 0" in ran.out
    assert "no threshold can be found" in ran.out


def test_wrong_lines_are_named_and_the_others_compared(run) -> None:
    """Each wrong line says its number and field, and stops nothing."""
    rows: list[Any] = made_rows(40)
    rows[:5] = [
        "{",
        {"text": " "},
        {"text": "x", "perspective": {"TOXICITY": 7}},
        {"text": "x"},
        {"text": "x", "decision": "maybe"},
    ]
    rows[5]["note"] = "mine"
    rows[6]["article"] = {"language": "x" * 40}
    write_log("log.jsonl", rows)
    ran = run("compare", "log.jsonl", "--jobs", "1")
    assert ran.code == 0
    for number, words in (
        (1, "is not JSON"),
        (2, "text: "),
        (3, "perspective.TOXICITY: must be a number from 0 to 1"),
        (4, "nothing to compare with"),
        (5, "decision: must be one of approve, hold, reject"),
        (7, "article.language"),
    ):
        assert re.search(rf"^line {number}: .*{re.escape(words)}", ran.err, re.M), words
    assert "6 lines were left out" in ran.err
    assert "'note' of 1 lines was ignored" in ran.err
    assert "34 comments compared" in ran.out


def test_a_file_without_a_usable_line_is_a_failure(run) -> None:
    """There is nothing to say, and the exit code says so."""
    write_log("log.jsonl", [{"text": "x"}])
    ran = run("compare", "log.jsonl", "--jobs", "1")
    assert (ran.code, ran.out) == (1, "")
    assert "no line of the file" in ran.err


def test_few_rows_set_no_threshold(run) -> None:
    """Ten flagged comments are shown and not turned into a policy."""
    write_log("log.jsonl", made_rows(40, rude=0.2))
    out = run("compare", "log.jsonl", "--jobs", "1").out
    assert "too few to set a threshold by" in out
    assert "[thresholds." not in out


def test_the_sites_threshold_can_be_named(run) -> None:
    """It decides what counts as flagged; a wrong one, and one nobody has, is told."""
    write_log("log.jsonl", made_rows(100))
    assert "0.95 and more" in run("compare", "log.jsonl", "--threshold", "TOXICITY=0.95").out
    assert "INSULT: no line has it" in run("compare", "log.jsonl", "--threshold", "INSULT=0.5").out
    for wrong in ("TOXICITY", "TOXICITY=high", "TOXICITY=2", "=0.5"):
        ran = run("compare", "log.jsonl", "--threshold", wrong)
        assert ran.code == 2
        assert wrong in ran.err


def test_the_largest_disagreements_are_shown_with_our_reasons(run) -> None:
    """The one row the other service got wrong comes first, by its line."""
    rows = made_rows(80)
    rows[33] = {"text": f"{RUDE[0]}. \x1b[2J", "perspective": {"TOXICITY": 0.01}}
    write_log("log.jsonl", rows)
    ran = run("compare", "log.jsonl", "--jobs", "1", "--top", "1")
    tail = ran.out.partition("Largest disagreements")[2]
    assert "line 34: TOXICITY 0.01, our toxicity" in tail
    assert "stupid idiot" in tail
    assert "ours: " in tail
    assert "\x1b" not in ran.out


@pytest.mark.slow
def test_many_processes_compare_like_one(run) -> None:
    """Sharing the work changes nothing of what is said."""
    write_log("log.jsonl", made_rows(700))
    assert run("compare", "log.jsonl", "--jobs", "2").out == run("compare", "log.jsonl").out


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("[]", "line"),
        ('{"text": "x", "perspective": 1}', "perspective"),
        ('{"text": "x", "perspective": {"TOXICITY": true}}', "perspective.TOXICITY"),
        ('{"text": "x", "perspective": {"attributeScores": {"A": {}}}}', "perspective.A"),
        ('{"text": "x", "akismet": "spam"}', "akismet"),
        ('{"text": "x", "published": 1}', "published"),
        ('{"text": "x", "published": true, "decision": "hold"}', "decision"),
        ('{"text": "x", "article": "Tram"}', "article"),
        ('{"text": "x", "article": {"title": 1}}', "article.title"),
    ],
)
def test_what_is_wrong_in_a_row_is_named(row: str, field: str) -> None:
    """A slip in the file is found where it is."""
    with pytest.raises(InputError) as raised:
        read_logged(row.encode())
    assert raised.value.field == field


def test_the_figures_are_what_they_are_called() -> None:
    """On numbers small enough to reckon by hand."""
    ours = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    flagged = np.array([False, False, True, False, True])
    assert roc_auc(ours, flagged).value == pytest.approx(5 / 6)
    assert rank_correlation(ours, ours**2).value == pytest.approx(1)
    assert rank_correlation(ours, -ours).value == pytest.approx(-1)
    counts = confusion(ours, flagged, 0.3)
    assert (counts.both, counts.only_they, counts.only_we, counts.neither) == (2, 0, 1, 2)
    assert counts.alike.rate == pytest.approx(0.8)
    assert counts.kappa == pytest.approx((0.8 - 0.48) / 0.52)
    same = same_share(ours, flagged)
    assert same is not None
    assert (same.threshold, same.low, same.high) == (0.4, 0.2, 0.5)
    best = surest(ours, flagged)
    assert best is not None
    assert best.threshold == 0.3
    assert best.counts.kappa >= same.counts.kappa


def test_figures_that_cannot_be_told_are_not() -> None:
    """Nothing is flagged, everything is, or all scores are the same."""
    ours = np.array([0.1, 0.2, 0.3, 0.4])
    for flagged in (np.zeros(4, bool), np.ones(4, bool)):
        assert np.isnan(roc_auc(ours, flagged).value)
        assert same_share(ours, flagged) is None
        assert surest(ours, flagged) is None
    assert np.isnan(rank_correlation(ours, np.full(4, 0.5)).value)
    assert surest(ours, np.array([True, False, False, False])) is None
