"""
The commands that take comments out of the store and into it, as JSON lines.

Reads and writes lines; `importing` takes one in, the store gives them out.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from moderation.commands.lines import read_lines
from moderation.commands.output import json_line
from moderation.commands.settings import Settings, pass_settings, utc_now
from moderation.errors import InputError

if TYPE_CHECKING:
    from moderation.store import StoredComment
    from moderation.terms import Label

__all__ = ["COMMANDS"]


@click.command("export")
@click.option("--labels", "only_labels", is_flag=True, help="Only what moderators decided.")
@click.option("--site", help="Only this site's.")
@click.option(
    "--output",
    type=click.File("wb", atomic=True),
    default="-",
    help="A file; else standard output.",
)
@pass_settings
def export(settings: Settings, only_labels: bool, site: str | None, output: BinaryIO) -> None:
    """
    Print all comments, or labels, as JSON lines.

    A comment comes with its article, scores, decision and verdicts, oldest first. With --labels,
    one line for each comment that has a verdict: its texts, the verdict's action and its labels,
    without the author. `import` reads both.
    """
    with settings.store() as store:
        if only_labels:
            for label in store.verdicts.labels(site=site):
                output.write(json_line(_label_line(label)))
        else:
            for stored in store.comments.all(site=site):
                output.write(json_line(_comment_line(stored)))
        output.flush()


def _label_line(label: Label) -> dict[str, Any]:
    return {
        "text": label.text,
        "article": label.article,
        "parent_text": label.parent_text,
        "language": label.language,
        "action": label.action,
        "labels": label.labels,
        "site": label.site,
        "comment_id": label.comment_id,
        "decided_at": label.decided_at,
    }


def _comment_line(stored: StoredComment) -> dict[str, Any]:
    from moderation.web.answers import comment_answer

    comment = stored.comment
    return {
        **comment_answer(stored),
        # What the API leaves out because its caller knows it.
        "site": comment.site,
        "article": comment.article,
        "parent_text": comment.parent_text,
        "action": stored.decision.action,
        "signals": stored.signals,
    }


@click.command("import")
@click.argument("source", type=click.File("rb"), default="-", metavar="[FILE]")
@click.option("--name", default="file", show_default=True, help="Verdicts are by import:NAME.")
@click.option("--site", help="Where the comments belong; else as each line says.")
@pass_settings
def import_(settings: Settings, source: BinaryIO, name: str, site: str | None) -> None:
    """
    Take in labelled comments, as JSON lines.

    They come from FILE or standard input. A line has "text", "action" (approve or reject) and, when
    known, "labels", "article" and "parent_text"; or it is a line of `export`. A comment is scored
    and decided on like any other, then settled as the line says. A line is taken in whole or not at
    all, and only once, however often it is imported.
    """
    from moderation.classifiers.articles import ArticleMemory
    from moderation.classifiers.bundle import read_card
    from moderation.classifiers.live import LiveModel
    from moderation.commands.importing import read_import, take_in
    from moderation.desk.budgets import Budgets
    from moderation.desk.check import SIGNAL_NAMES, Desk
    from moderation.policy import read_policies
    from moderation.terms import HEADS

    config, now = settings.read(), utc_now()
    policies = read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS)
    taken = known = refused = 0
    with settings.store() as store:
        desk = Desk(
            live=LiveModel(config.models_dir),
            policies=policies,
            memory=ArticleMemory(),
            store=store,
            budgets=Budgets(policies, cards=partial(read_card, config.models_dir), store=store),
            max_text_chars=config.max_text_chars,
            max_article_chars=config.max_article_chars,
        )
        for line in read_lines(source, max_bytes=config.max_body_bytes):
            try:
                if line.raw is None:
                    raise InputError(f"must have at most {config.max_body_bytes} bytes")
                item = read_import(line.raw, site=site, now=now)
                if take_in(item, name=name, desk=desk, store=store, now=now):
                    taken += 1
                else:
                    known += 1
            except InputError as error:
                refused += 1
                click.echo(f"error: line {line.number}: {error}", err=True)
    click.echo(f"{taken:,} comments were taken in, {known:,} were known, {refused:,} refused")
    if refused:
        raise click.exceptions.Exit(1)


COMMANDS = (export, import_)
