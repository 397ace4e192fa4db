"""
The command that compares us with the service a site used before, on comments that it logged.

Scores and prints; `agreement` reckons, `logged` reads a line. Stores nothing.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moderation.commands.lines import Line, read_chunks, read_lines
from moderation.commands.output import excerpt
from moderation.commands.score import Progress, cores
from moderation.commands.settings import Settings, pass_settings, utc_now
from moderation.errors import InputError

if TYPE_CHECKING:
    from moderation.commands.logged import Logged
    from moderation.commands.scorer import Scored, Task
    from moderation.config import Config

__all__ = ["COMMANDS", "Columns"]

_USUAL = 0.8
"""Where most sites put their threshold on Perspective's scores; Coral's default too."""

_NAMED = 10
_NAN = float("nan")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--threshold",
    "given",
    multiple=True,
    metavar="ATTRIBUTE=NUMBER",
    help="From which score of an attribute your site held comments; 0.8 where it is not said.",
)
@click.option("--site", default="default", show_default=True, help="Whose policy decides.")
@click.option("--top", type=click.IntRange(0, 1000), default=5, show_default=True, metavar="N")
@click.option("--jobs", type=click.IntRange(1), help="Processes; by default one for each core.")
@click.option("--progress", is_flag=True, help="Count on standard error, even into a file.")
@pass_settings
def compare(
    settings: Settings,
    source: Path,
    given: tuple[str, ...],
    site: str,
    top: int,
    jobs: int | None,
    progress: bool,
) -> None:
    """
    Compare our scores with those another service gave; store nothing.

    SOURCE has a JSON object a line: `text`; `article` with title and body, if known; what the other
    service said: `perspective`, {"TOXICITY": 0.8} or a whole answer, or `akismet`, true or false;
    and what became of it, `decision` (approve, hold, reject) or `published`, if known.

    Shows how well both agree, from which of our scores on as many comments are held as before, as a
    piece of policy to paste, and the comments both disagree about most (--top).
    """
    from moderation.commands.comparison import show
    from moderation.commands.scorer import Task

    config = settings.read()
    thresholds = dict(_threshold(each) for each in given)
    task = Task(config=config, form="jsonl", site=site, article=None, explain=False, now=utc_now())
    columns = Columns()
    report = Progress(progress or sys.stderr.isatty())
    with source.open("rb") as stream:
        for rows, scored in _scored(task, stream, columns, config, jobs or cores()):
            columns.add(rows, scored)
            report.add(len(rows))
    report.end()
    columns.tell_refused()
    if not columns.lines:
        raise click.ClickException("no line of the file could be compared")
    show(config, site, columns, lambda name: thresholds.get(name, _USUAL), given=set(thresholds))
    if top:
        from moderation.commands.comparison import disagreements

        _show_texts(task, source, config, disagreements(columns, top))


def _threshold(given: str) -> tuple[str, float]:
    name, _, value = given.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = _NAN
    if not name or not 0 <= number <= 1:
        raise InputError("must be like TOXICITY=0.8, from 0 to 1", field=f"--threshold {given}")
    return name.strip(), number


@dataclass(slots=True)
class Columns:
    """
    What is kept of every row: numbers only, so that a million rows fit.

    Attributes:
        lines: numbers of the lines that were compared.
        theirs: attribute -> their scores, nan where a row has none; all as long as `lines`.
        ours: score -> ours, nan where it was not given.
        kept_off: 1 and 0 as the site decided, nan where it did not say.
        decisions: ours by the policy in force: 1 for held or rejected.
        ignored: field -> lines that have it though it means nothing here.
    """

    lines: array[int] = field(default_factory=lambda: array("q"))
    theirs: dict[str, array[float]] = field(default_factory=dict)
    ours: dict[str, array[float]] = field(default_factory=dict)
    kept_off: array[float] = field(default_factory=lambda: array("d"))
    decisions: array[float] = field(default_factory=lambda: array("d"))
    ignored: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    def refuse(self, line: int, why: str) -> None:
        """Count a line that cannot be compared; the first few are named at once."""
        self.refused += 1
        if self.refused <= _NAMED:
            click.echo(f"line {line}: {why}", err=True)

    def tell_refused(self) -> None:
        """Say how many lines were left out, and which fields were not understood."""
        if self.refused:
            click.echo(f"{self.refused:,} lines were left out", err=True)
        for name, count in self.ignored.most_common(_NAMED):
            click.echo(f"the field {excerpt(name)!r} of {count:,} lines was ignored", err=True)

    def add(self, rows: list[tuple[int, Logged]], scored: Scored) -> None:
        """Take in a chunk with our answers to it."""
        import orjson

        answers = [orjson.loads(line) for line in scored.output.splitlines()]
        for (number, logged), answer in zip(rows, answers, strict=True):
            if "error" in answer:
                self.refuse(number, answer["error"]["detail"])
                continue
            self._put(self.theirs, logged.scores)
            self._put(self.ours, answer["scores"])
            self.lines.append(number)
            self.kept_off.append(_NAN if logged.kept_off is None else float(logged.kept_off))
            self.decisions.append(float(answer["decision"] != "approve"))
            self.ignored.update(logged.ignored)

    def _put(self, columns: dict[str, array[float]], values: Any) -> None:
        for name, value in values.items():
            if name not in columns:
                columns[name] = array("d", [_NAN]) * len(self.lines)
            columns[name].append(_NAN if value is None else value)
        for column in columns.values():
            if len(column) == len(self.lines):
                column.append(_NAN)


def _scored(
    task: Task, stream: Any, columns: Columns, config: Config, jobs: int
) -> Iterator[tuple[list[tuple[int, Logged]], Scored]]:
    """Give the rows of each chunk with their answers, several processes ahead."""
    from moderation.commands.scorer import score_chunks

    waiting: deque[list[tuple[int, Logged]]] = deque()

    def requests() -> Iterator[list[Line]]:
        for chunk in read_chunks(stream, max_bytes=config.max_body_bytes):
            rows = list(_read(chunk, columns, config))
            if rows:
                waiting.append(rows)
                yield [_request(number, logged) for number, logged in rows]

    with closing(score_chunks(task, requests(), jobs=jobs)) as answers:
        for scored in answers:
            yield waiting.popleft(), scored


def _read(chunk: list[Line], columns: Columns, config: Config) -> Iterator[tuple[int, Logged]]:
    from moderation.commands.logged import read_logged

    for line in chunk:
        if line.raw is None:
            columns.refuse(line.number, f"has more than {config.max_body_bytes:,} bytes")
            continue
        try:
            logged = read_logged(line.raw)
        except InputError as error:
            columns.refuse(line.number, str(error))
            continue
        if not logged.scores and logged.kept_off is None:
            columns.refuse(line.number, "has nothing to compare with: no perspective, no akismet")
            continue
        yield line.number, logged


def _request(number: int, logged: Logged) -> Line:
    """Write a row as the request of the API that it would have been."""
    import orjson

    request: dict[str, Any] = {"comment": {"text": logged.text}}
    if logged.article:
        request["article"] = logged.article
    return Line(number, orjson.dumps(request))


def _show_texts(task: Task, source: Path, config: Config, wanted: list[Any]) -> None:
    """Show the comments of some lines, read and scored again for their texts and reasons."""
    import orjson

    from moderation.commands.logged import read_logged
    from moderation.commands.scorer import Scorer

    lines = {each.line for each in wanted}
    found: dict[int, Logged] = {}
    with source.open("rb") as stream:
        for line in read_lines(stream, max_bytes=config.max_body_bytes):
            if line.number in lines and line.raw is not None:
                found[line.number] = read_logged(line.raw)
            if len(found) == len(lines):
                break
    scorer = Scorer(task)
    click.echo("\nLargest disagreements, by place among all comments")
    for each in wanted:
        logged = found[each.line]
        answer = orjson.loads(scorer.score([_request(each.line, logged)]).output)
        click.echo(f"\n  line {each.line}: {each.told}")
        click.echo(f"    {excerpt(logged.text, 300)}")
        reasons = [reason["message"] for reason in answer.get("reasons", ())]
        click.echo(f"    ours: {answer.get('decision')}. {' '.join(reasons[:3])}".rstrip())


COMMANDS = (compare,)
