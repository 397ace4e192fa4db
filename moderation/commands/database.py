"""
The commands around the store itself: bring its schema up to date, say how it stands.

Calls the store only; changes nothing but the schema.
"""

from __future__ import annotations

import click

from moderation.commands.settings import Settings, pass_settings

__all__ = ["COMMANDS"]


@click.group()
def db() -> None:
    """Create or upgrade the store, or say how it stands."""


@db.command()
@pass_settings
def upgrade(settings: Settings) -> None:
    """Create the store, or bring its schema up to date. Stop the service and back it up first."""
    from moderation.store import Store

    revision = Store.upgrade(settings.read().resolved_database_url)
    click.echo(f"the store has schema {revision}, the newest")


@db.command()
@pass_settings
def status(settings: Settings) -> None:
    """Say whether the store can be used, and how much waits in it."""
    with settings.store() as store:
        store.ping()
        waiting, verdicts = store.cases.count(site=None), store.verdicts.count()
    click.echo(f"the store is ready: {waiting:,} cases wait, {verdicts:,} verdicts were given")


COMMANDS = (db,)
