"""Numbers to reach: which are reached, which are missed, and which nobody measured."""

from __future__ import annotations

import math
import re

import pytest

from moderation.training.goals import GOALS, Goal, goals_section, judge_goals
from moderation.training.intervals import Estimate
from moderation.training.outcomes import Outcome

HIGH = Goal("auc", "spam: ROC-AUC", 0.9, ".8", needs="a set")
LOW = Goal("alarms", "false alarms", 0.01, at_most=True, form="percent")


def one(place: str, value: float, goal: str = "auc", width: float = 0.02) -> Outcome:
    """Make an outcome with an interval of twice this width."""
    found = Estimate(value, value - width, value + width)
    return Outcome("spam", place, "ROC-AUC", 100, 50, found, goal)


def shown(goal: Goal, *outcomes: Outcome) -> str:
    """Give the section of one goal."""
    return "\n".join(goals_section(judge_goals(outcomes, [goal])))


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0.95, "yes, surely"), (0.91, "yes"), (0.9, "yes"), (0.89, "**missed** by 0.010")],
)
def test_a_number_is_reached_surely_reached_or_missed(value: float, verdict: str) -> None:
    """Surely is when the whole interval is on the good side."""
    (judged,) = judge_goals([one("sms", value)], [HIGH])
    assert bool(judged.missed) == ("missed" in verdict)
    assert f"| {verdict} |" in shown(HIGH, one("sms", value))


def test_of_some_numbers_less_is_better() -> None:
    """What is missed is missed from above, and shown in its own unit."""
    assert "| yes |" in shown(LOW, one("sms", 0.005, "alarms"))
    text = shown(LOW, one("sms", 0.03, "alarms", width=0.001))
    assert "| ≤ 1.00 % | 3.00 % (2.90 % to 3.10 %); spam: sms | **missed** by 2.00 % |" in text


def test_every_place_has_to_reach_it() -> None:
    """The farthest is shown, all that fall short are named; places of other goals have no say."""
    places = (one("sms", 0.95), one("mail", 0.7), one("chat", 0.85), one("news", 0.1, "other"))
    (judged,) = judge_goals(places, [HIGH])
    assert [found.place for found in judged.found] == ["mail", "chat", "sms"]
    text = shown(HIGH, *places)
    assert "0.700 (0.680 to 0.720); spam: mail, of 3 places" in text
    assert "**missed** by 0.200, in 2 of 3 places" in text
    assert "Missed: spam: ROC-AUC, in spam: mail 0.700; spam: chat 0.850." in text
    assert "0 of 1 reached, 1 missed, 0 not measured" in text


@pytest.mark.parametrize("outcomes", [(), (one("sms", math.nan),)])
def test_what_was_not_measured_is_not_reached(outcomes: tuple[Outcome, ...]) -> None:
    """The table says what it takes; no number is made up."""
    text = shown(HIGH, *outcomes)
    assert "| – | not measured: needs a set |" in text
    assert "0 of 1 reached, 0 missed, 1 not measured" in text
    assert "nan" not in text


def test_a_number_without_an_interval_is_still_compared() -> None:
    """A speed has none."""
    fast = Outcome("speed", "here", "median", 9, 0, Estimate(0.5, math.nan, math.nan), "alarms")
    assert "nan" not in shown(LOW, fast)
    assert "**missed**" in shown(LOW, fast)


def test_every_goal_has_a_line() -> None:
    """Each once, by a key of its own, in a table that is whole."""
    assert len({goal.key for goal in GOALS}) == len(GOALS)
    text = "\n".join(goals_section(judge_goals([])))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == len(GOALS) + 1
    assert len({row.count("|") for row in rows}) == 1
    for goal in GOALS:
        assert re.search(rf"^\| {re.escape(goal.what)} \|", text, re.MULTILINE)
