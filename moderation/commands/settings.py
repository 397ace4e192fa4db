"""
What every command starts from: the settings, the store they name, the clock, and who runs it.

Reads settings and opens the store; prints nothing.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moderation.config import Config, read_config

if TYPE_CHECKING:
    from moderation.store import Store

__all__ = ["Settings", "pass_settings", "running_user", "utc_now"]


@dataclass(frozen=True, slots=True)
class Settings:
    """
    Where the settings are; read only by a command that needs them, so that help always works.

    Attributes:
        path: given by ``--config``, or None.
    """

    path: Path | None = None

    def read(self, **overrides: Any) -> Config:
        """
        Read the settings; options of the command line, those that are not None, win.

        Raises:
            ConfigError: a setting is wrong; `field` names it.
        """
        return read_config(path=self.path, **overrides)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """
        Open the store for the length of a command.

        Raises:
            SchemaVersionError: there is none yet, or it is of another version.
            StoreError: it does not answer.
        """
        from moderation.store import Store

        with Store.open(self.read().resolved_database_url) as store:
            yield store


pass_settings = click.make_pass_decorator(Settings)
"""Hands the `Settings` to a command as its first argument."""


def utc_now() -> datetime:
    """Read the clock, aware UTC."""
    return datetime.now(UTC)


def running_user() -> str:
    """Name who runs the command, as events and verdicts name an actor: ``command:ana``."""
    try:
        return f"command:{getpass.getuser()}"
    except (KeyError, OSError):
        # In a container a process may run under a number that belongs to no account.
        return f"command:{os.getuid()}"
