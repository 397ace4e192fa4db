"""
Scores lines of input: what one process does, and how many processes share the work in order.

Uses the desk without a store: nothing is written, and there is no history to consider.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from moderation.classifiers.articles import ArticleMemory
from moderation.classifiers.bundle import read_card
from moderation.classifiers.live import LiveModel
from moderation.commands.lines import Line
from moderation.commands.output import json_line
from moderation.config import Config
from moderation.desk.budgets import Budgets
from moderation.desk.check import SIGNAL_NAMES, Checked, Desk
from moderation.errors import InputError
from moderation.policy import read_policies
from moderation.terms import HEADS, Article, Comment, Form
from moderation.web.answers import score_answer
from moderation.web.problems import body_of, unreadable
from moderation.web.schemas import ScoreRequest, comment_of

__all__ = ["Scored", "Scorer", "Task", "score_chunks"]

_CHUNKS_AHEAD = 3
# So many chunks a process wait or are being scored: nobody idles, and memory stays bounded.

_REQUEST = TypeAdapter(ScoreRequest)


@dataclass(frozen=True, slots=True)
class Task:
    """
    What is the same for all lines; handed to every process.

    Attributes:
        form: what a line is; ``auto`` takes one that begins with ``{`` for JSON.
        article: stands behind lines that bring none of their own.
        explain: whether spans and notes are worked out.
        now: when the comments count as received, aware UTC.
    """

    config: Config
    form: Literal["auto", "text", "jsonl"]
    site: str
    article: Article | None
    explain: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Scored:
    """The output for one chunk, and how many of its lines were refused."""

    output: bytes
    lines: int
    refused: int


class Scorer:
    """
    Scores chunks of lines in this process.

    Raises:
        BundleMissing, BundleRefused: the live model cannot be used.
        PolicyError: the policy file is wrong.
    """

    def __init__(self, task: Task) -> None:
        config = task.config
        self._task = task
        policies = read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS)
        self._desk = Desk(
            live=LiveModel(config.models_dir),
            policies=policies,
            memory=ArticleMemory(),
            # Without a store there are no audits; a budget goes by what the model brings.
            budgets=Budgets(policies, cards=partial(read_card, config.models_dir)),
            max_text_chars=config.max_text_chars,
            max_article_chars=config.max_article_chars,
        )

    def score(self, chunk: list[Line]) -> Scored:
        """Give an answer for each line, in order; a refused one says its number and why."""
        read = [self._read(line) for line in chunk]
        comments = [item for item in read if isinstance(item, Comment)]
        checked = iter(self._desk.check_many(comments, explain=self._task.explain))
        output: list[bytes] = []
        refused = 0
        for line, item in zip(chunk, read, strict=True):
            result = item if isinstance(item, InputError) else next(checked)
            if isinstance(result, Checked):
                output.append(json_line(score_answer(result.decision, result.scores)))
            else:
                refused += 1
                output.append(json_line({"line": line.number, "error": body_of(result)}))
        return Scored(b"".join(output), len(chunk), refused)

    def _read(self, line: Line) -> Comment | InputError:
        task = self._task
        if line.raw is None:
            return InputError(f"must have at most {task.config.max_body_bytes} bytes", field="line")
        if task.form == "text" or (task.form == "auto" and not line.raw.lstrip().startswith(b"{")):
            try:
                text = line.raw.decode("utf-8")
            except UnicodeDecodeError:
                return InputError("must be UTF-8", field="line")
            return Comment(text, task.now, article=task.article, site=task.site)
        try:
            sent = _REQUEST.validate_json(line.raw)
        except ValidationError as error:
            return unreadable(error)
        return comment_of(
            sent,
            site=task.site,
            received_at=task.now,
            read_form=_without_token,
            article=task.article,
        )


def _without_token(form: Form) -> Form:
    """Forget a form's token: it was signed with a secret of the store, which is not open here."""
    return Form(honeypot=form.honeypot, seconds=form.seconds)


def score_chunks(
    task: Task, chunks: Iterable[list[Line]], *, jobs: int
) -> Generator[Scored, None, None]:
    """
    Score chunks in their order, in as many processes as are worth it.

    Args:
        jobs: processes, at least 1; input of a single chunk is always scored in this one.

    Raises:
        ModelError, PolicyError: as `Scorer`, before the first chunk is scored.
    """
    # Opened here in any case: what is wrong with model or policy shows before a process starts.
    own = Scorer(task)
    chunks = iter(chunks)
    first = list(islice(chunks, 2))
    if jobs == 1 or len(first) < 2:
        yield from map(own.score, chain(first, chunks))
        return
    pool = ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), initializer=_open, initargs=(task,)
    )
    waiting: deque[Future[Scored]] = deque()
    try:
        for chunk in chain(first, chunks):
            waiting.append(pool.submit(_score, chunk))
            if len(waiting) >= jobs * _CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_opened: list[Scorer] = []


def _open(task: Task) -> None:
    # Ctrl-C reaches every process of the terminal; the one that started them stops them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _opened.append(Scorer(task))


def _score(chunk: list[Line]) -> Scored:
    return _opened[0].score(chunk)
