"""`policy` shows what is in force, and what became of every error budget."""

from __future__ import annotations

import json

import pytest

from moderation.store import Store
from tests.budgeting import REJECT, audit, evidence, open_desk, write_card

BUDGETS = """
[thresholds.spam]
reject = { wrong_at_most = 0.05, sure = 0.95, bad_share = 0.2 }
[thresholds.toxicity]
reject = { wrong_at_most = 0.01, sure = 0.95 }
"""


@pytest.fixture
def stated(home, monkeypatch):
    """A policy with two budgets, and a model whose card supports one of them."""
    (home / "own.toml").write_text(BUDGETS)
    monkeypatch.setenv("MODERATION_POLICY", "own.toml")
    monkeypatch.setenv("MODERATION_MODELS_DIR", str(home / "models"))
    write_card(home, evidence=evidence(good=[0.2] * 500, bad=[0.95] * 80 + [0.3] * 20))
    (home / "models" / "current").write_text("20260301-1\n")
    return home


def test_the_shipped_policy_is_shown_without_store_or_budget(run) -> None:
    """Thresholds, and that there is nothing to find; it needs no store."""
    lines = run("policy").out.splitlines()
    assert lines[0].startswith("policy 1-")
    assert lines[2].split() == ["spam", "0.5", "0.97", "never"]
    assert lines[-1] == "0 of all comments are drawn for audit."
    assert run("policy", "budgets").out.startswith("No error budget is stated")


def test_budgets_are_shown_with_what_they_rest_on(run, stated) -> None:
    """Threshold, rows and where from, bound and coverage; or the reason for none."""
    said = run("policy", "budgets").out
    assert "spam: at most 5 % of what is rejected may be wrong, 95 % sure" in said
    assert "rejected from   0.5\n" in said
    assert "600 rows held back in training; 80 score as much, 0 of them wrongly" in said
    assert "settles         16 % of all comments" in said
    assert "Nothing is rejected by toxicity: model 20260301-1 brings no held-back rows" in said
    assert "audited so far  0 (model 20260301-1 and its family)" in said
    lines = run("policy").out.splitlines()
    assert lines[0].endswith("+spam=0.5")
    assert lines[2].split() == ["spam", "0.5", "0.5", "(budget)", "never"]
    assert lines[3].split() == ["toxicity", "0.5", "never", "(budget)", "never"]


def test_programs_get_the_same_as_over_the_api(run, stated) -> None:
    """One object for the policy; one a line for the budgets."""
    shown = json.loads(run("policy", "show", "--json").out)
    lines = [json.loads(line) for line in run("policy", "budgets", "--json").out.splitlines()]
    assert shown["budgets"] == lines
    assert [line["score"] for line in lines] == ["spam", "toxicity"]
    assert shown["audit_share"] == 0.01


def test_audits_in_the_store_are_counted(run, stated) -> None:
    """What people judged shows, with how much of it was bad."""
    write_card(stated)
    rooms = open_desk(stated, BUDGETS + "[audit]\nshare = 1\n")
    audit(rooms, 0.9, REJECT, times=59)
    rooms.store.close()
    said = run("policy", "budgets").out
    assert "59 audits of this site; 59 score as much, 0 of them wrongly" in said
    assert "audited so far  59, 100.0% of them bad" in said


def test_a_budget_without_audits_is_pointed_out(run, stated) -> None:
    """Whoever switched audits off learns that no evidence will come."""
    (stated / "own.toml").write_text(BUDGETS + "[audit]\nshare = 0\n")
    assert "No comment is audited" in run("policy", "budgets").out


def test_a_store_that_is_named_must_be_there(run, stated, monkeypatch) -> None:
    """Silence about audits that exist elsewhere would mislead."""
    monkeypatch.setenv("MODERATION_DATABASE_URL", f"sqlite:///{stated / 'none.sqlite'}")
    assert run("policy", "budgets").code == 1
    Store.upgrade(f"sqlite:///{stated / 'none.sqlite'}")
    assert run("policy", "budgets").code == 0
