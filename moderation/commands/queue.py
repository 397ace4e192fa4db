"""
The commands around the review queue: list what waits, settle one.

Calls the store's cases, as the API does; people find the review page more pleasant.
"""

from __future__ import annotations

import click

from moderation.commands.output import day, excerpt, print_json, print_table
from moderation.commands.settings import Settings, pass_settings, running_user, utc_now
from moderation.terms import VerdictAction, VerdictLabel

__all__ = ["COMMANDS"]


@click.group(invoke_without_command=True)
@click.pass_context
def queue(context: click.Context) -> None:
    """List what waits for a person; settle it."""
    if context.invoked_subcommand is None:
        context.invoke(list_queue)


@queue.command("list")
@click.option("--site", help="Only this site's.")
@click.option("--reason", help="Only those held for this reason, such as SPAM.")
@click.option(
    "--order",
    type=click.Choice(["priority", "oldest", "newest", "likely_to_reject"]),
    default="priority",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as in the API.")
@pass_settings
def list_queue(
    settings: Settings,
    site: str | None = None,
    reason: str | None = None,
    order: str = "priority",
    limit: int = 20,
    as_json: bool = False,
) -> None:
    """List held comments, the most urgent first."""
    with settings.store() as store:
        entries, more = store.cases.queue(site=site, reason=reason, order=order, limit=limit)
        waiting = store.cases.count(site=site)
    if as_json:
        from moderation.web.answers import queue_entry

        for entry in entries:
            print_json(queue_entry(entry))
        return
    print_table(
        ("comment", "reason", "priority", "version", "since", "text"),
        (
            (
                entry.stored.id,
                entry.case.reason,
                f"{entry.case.priority:.2f}",
                entry.case.version,
                day(entry.case.opened_at),
                excerpt(entry.stored.comment.text),
            )
            for entry in entries
        ),
        empty="Nothing waits.",
    )
    if more:
        click.echo(f"… {waiting:,} in all; --limit shows more")


@queue.command()
@click.argument("comment_id")
@click.argument("action", type=click.Choice([action.value for action in VerdictAction]))
@click.option(
    "--label",
    "labels",
    type=click.Choice([label.value for label in VerdictLabel]),
    multiple=True,
    help="Why; what the model learns from. May be given more than once.",
)
@click.option("--version", type=int, help="Refuse when the case changed since this version.")
@click.option("--note", help="For other moderators.")
@pass_settings
def settle(
    settings: Settings,
    comment_id: str,
    action: str,
    labels: tuple[str, ...],
    version: int | None,
    note: str | None,
) -> None:
    """Approve or reject a comment for good."""
    with settings.store() as store:
        _, stored = store.cases.settle(
            comment_id,
            site=None,
            actor=running_user(),
            action=VerdictAction(action),
            labels=tuple(dict.fromkeys(map(VerdictLabel, labels))),
            note=note,
            version=version,
            now=utc_now(),
        )
    click.echo(f"comment {stored.id} is {stored.status}")


COMMANDS = (queue,)
