"""
The command that scores text or JSON lines and prints JSON lines, millions of them if need be.

Reads and prints; `scorer` scores.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import click

from moderation.commands.lines import read_chunks
from moderation.commands.settings import Settings, pass_settings, utc_now
from moderation.errors import InputError

if TYPE_CHECKING:
    from moderation.terms import Article

__all__ = ["COMMANDS", "Progress", "cores"]

_REPORT_SECONDS = 1.0


@click.command()
@click.argument("source", type=click.File("rb"), default="-", metavar="[FILE]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["auto", "text", "jsonl"]),
    default="auto",
    show_default=True,
    help="A line is a comment's text, or a request as in the API; auto: JSON if it begins with {.",
)
@click.option(
    "--article",
    "article_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON file {"title": …, "body": …}: stands behind lines without an article.',
)
@click.option("--site", default="default", show_default=True, help="Whose policy decides.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; by default one for each core.")
@click.option("--explain/--no-explain", default=True, help="Spans and notes; faster without.")
@click.option("--progress", is_flag=True, help="Count on standard error, even into a file.")
@pass_settings
def score(
    settings: Settings,
    source: BinaryIO,
    form: Literal["auto", "text", "jsonl"],
    article_file: Path | None,
    site: str,
    jobs: int | None,
    explain: bool,
    progress: bool,
) -> None:
    """
    Score comments, one a line; store nothing.

    They come from FILE or standard input.

    Prints an answer of the API for each line that is not blank, in order. A line that cannot be
    read is answered by its number and the error; the exit code is then 1.
    """
    from moderation.commands.scorer import Task, score_chunks

    config = settings.read()
    task = Task(
        config=config,
        form=form,
        site=site,
        article=_read_article(article_file) if article_file else None,
        explain=explain,
        now=utc_now(),
    )
    report = Progress(progress or sys.stderr.isatty())
    refused = 0
    out = sys.stdout.buffer
    chunks = read_chunks(source, max_bytes=config.max_body_bytes)
    # Closed at once when our reader goes away, so that no process is left behind.
    with closing(score_chunks(task, chunks, jobs=jobs or cores())) as answers:
        for scored in answers:
            out.write(scored.output)
            # Whoever reads along sees answers as they come.
            out.flush()
            refused += scored.refused
            report.add(scored.lines)
    report.end()
    if refused:
        raise click.ClickException(f"{refused:,} lines were refused; each is named in the output")


class Progress:
    """Counts on standard error, about once a second."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._started = self._told = time.monotonic()
        self._lines = 0

    def add(self, lines: int) -> None:
        """Count lines that are done."""
        self._lines += lines
        if self._wanted and time.monotonic() - self._told >= _REPORT_SECONDS:
            self._tell("\r" if sys.stderr.isatty() else "\n")

    def end(self) -> None:
        """Tell the last count."""
        if self._wanted:
            self._tell("\n")

    def _tell(self, end: str) -> None:
        self._told = time.monotonic()
        rate = self._lines / max(self._told - self._started, 1e-9)
        click.echo(f"{self._lines:,} comments, {rate:,.0f}/s{end}", err=True, nl=False)


def _read_article(path: Path) -> Article:
    from pydantic import ValidationError

    from moderation.terms import Article
    from moderation.web.problems import unreadable
    from moderation.web.schemas import InlineArticle

    try:
        article = Article(**InlineArticle.model_validate_json(path.read_bytes()).__dict__)
    except ValidationError as error:
        fault = unreadable(error)
        raise InputError(fault.message, field=f"{path}: {fault.field or 'article'}") from error
    if not article.has_text:
        raise InputError("needs a title or a body", field=str(path))
    return article


def cores() -> int:
    """Give how many processes are worth starting."""
    # Those this process may use, which in a container are fewer than there are.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


COMMANDS = (score,)
