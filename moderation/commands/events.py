"""
The command that shows the log of what happened.

Reads; the log cannot be changed, and holds no text of a comment and no secret.
"""

from __future__ import annotations

from dataclasses import asdict

import click

from moderation.commands.output import day, excerpt, json_line, print_json, print_table
from moderation.commands.settings import Settings, pass_settings

__all__ = ["COMMANDS"]


@click.command()
@click.option("--subject", help="Only what happened to the comment, key or reviewer of this id.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@pass_settings
def events(settings: Settings, subject: str | None, limit: int, as_json: bool) -> None:
    """List what happened to comments, keys and reviewers, newest first."""
    with settings.store() as store:
        found = store.events.recent(limit=limit, subject=subject)
    if as_json:
        for event in found:
            print_json(asdict(event))
        return
    print_table(
        ("at", "kind", "actor", "subject", "data"),
        (
            (
                day(event.at),
                event.kind,
                excerpt(event.actor),
                event.subject,
                excerpt(json_line(event.data).decode(), 120) if event.data else "",
            )
            for event in found
        ),
        empty="Nothing happened yet.",
    )


COMMANDS = (events,)
