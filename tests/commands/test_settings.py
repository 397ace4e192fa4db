"""Who a command says it is run by."""

from __future__ import annotations

import os

import pytest

from moderation.commands.settings import running_user


def test_a_command_is_run_by_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events name the account that ran a command."""
    monkeypatch.setenv("LOGNAME", "ana")
    assert running_user() == "command:ana"


def test_a_command_without_an_account_runs_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run under a number that no account has; its commands work all the same."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_123)
    assert running_user() == "command:4000123"
