"""
The commands on one stored comment: show it, erase it.

Calls the store's comments only.
"""

from __future__ import annotations

import click

from moderation.commands.output import print_json
from moderation.commands.settings import Settings, pass_settings, running_user, utc_now

__all__ = ["COMMANDS"]


@click.group()
def comments() -> None:
    """Show or erase one stored comment."""


@comments.command()
@click.argument("id")
@pass_settings
def show(settings: Settings, id: str) -> None:
    """Print a comment with its decision, case and verdicts, as the API gives it."""
    from moderation.web.answers import comment_answer

    with settings.store() as store:
        stored = store.comments.get(id)
    print_json(comment_answer(stored))


@comments.command()
@click.argument("id")
@pass_settings
def delete(settings: Settings, id: str) -> None:
    """Erase a comment for good: its text, its author and the label made of it."""
    with settings.store() as store:
        store.comments.delete(id, site=None, actor=running_user(), now=utc_now())
    click.echo(f"comment {id} is erased")


COMMANDS = (comments,)
