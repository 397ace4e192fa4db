"""
The command that looks at an installation from outside and says in words what is wrong with it.

Prints; `examination` asks. Needs no store, no model and no settings.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from moderation.commands.output import excerpt
from moderation.errors import InputError

__all__ = ["COMMANDS"]


@click.command()
@click.argument("url")
@click.argument("key")
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates to trust instead of the system's, for a CA of your own.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=10.0,
    show_default=True,
    help="Seconds for each request.",
)
def doctor(url: str, key: str, ca: Path | None, timeout: float) -> None:
    """
    Look at a running service from outside and say what is wrong.

    URL is the address that sites use; KEY one of its API keys, or - to read it from standard input.

    The exit code is 1 when something is wrong, and 0 when all is well or there are only warnings.
    """
    from moderation.commands.examination import examine
    from moderation.commands.findings import Level
    from moderation.commands.visiting import Visitor

    key = (sys.stdin.readline() if key == "-" else key).strip()
    if not key or not key.isascii() or not key.isprintable():
        raise InputError("must be an API key", field="KEY")
    wrong = warnings = 0
    for finding in examine(Visitor(url, key, ca, timeout)):
        click.echo(f"{finding.level:8} {excerpt(finding.what, 400)}")
        if finding.advice:
            click.echo(f"{'':8} {excerpt(finding.advice, 400)}")
        wrong += finding.level is Level.WRONG
        warnings += finding.level is Level.WARNING
    if wrong:
        raise click.ClickException(f"{wrong} things are wrong" if wrong > 1 else "1 thing is wrong")
    click.echo(f"\nAll is well{f', with {warnings} warnings' if warnings else ''}.")


COMMANDS = (doctor,)
