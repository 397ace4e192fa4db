"""
Reads our own corpus in `training_data/`.

Every fault names file, line and key; nothing is skipped silently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from moderation.errors import CorpusError
from moderation.terms import Article, RelevanceKind
from moderation.text import fingerprint, normalise
from moderation.training.corpus_lines import (
    ArticleLine,
    CommentLine,
    check_article,
    check_comment,
)
from moderation.training.json_lines import numbered_lines, parse_line
from moderation.training.rows import Row

__all__ = ["ArticleEntry", "CommentEntry", "Entries", "read_corpus", "read_entries"]


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """An article and where it stands: ``articles.en.jsonl:12``."""

    where: str
    article: Article


@dataclass(frozen=True, slots=True)
class CommentEntry:
    """A comment's row, its id and where it stands: ``comments.en.jsonl:12``."""

    where: str
    id: str
    row: Row


@dataclass(frozen=True, slots=True)
class Entries:
    """All there is, by id, in the order of the files."""

    articles: dict[str, ArticleEntry] = field(default_factory=dict)
    comments: dict[str, CommentEntry] = field(default_factory=dict)


def read_corpus(folder: Path) -> list[Row]:
    """
    Read all ``articles.*.jsonl`` and ``comments.*.jsonl`` of a folder.

    What is wrong with the corpus as a whole, `check_corpus` finds; training does not wait for that.

    Raises:
        CorpusError: a row breaks the schema, names an unknown label or article, or says what
            another row of the same article says already; `field` is file, line and key.
    """
    return [entry.row for entry in read_entries(folder, _raise).comments.values()]


def read_entries(folder: Path, refuse: Callable[[CorpusError], None]) -> Entries:
    """
    Read the same, remembering where each row stands.

    Args:
        refuse: called with every fault; when it returns, the line is left out and reading goes on,
            but with faults among the articles the comments are not read.
    """
    reader = _Reader()
    articles = sorted(folder.glob("articles.*.jsonl"))
    if all([_read_file(path, ArticleLine, reader.take_article, refuse) for path in articles]):
        for path in sorted(folder.glob("comments.*.jsonl")):
            _read_file(path, CommentLine, reader.take_comment, refuse)
    return reader.entries


class _Reader:
    """Takes one line after the other and refuses what the earlier ones do not allow."""

    def __init__(self) -> None:
        self.entries = Entries()
        self._seen: dict[tuple[str, int], str] = {}

    def take_article(self, where: str, line: ArticleLine) -> None:
        if line.id in self.entries.articles:
            raise CorpusError(f"{line.id!r} stands twice", field=f"{where}: id")
        check_article(where, line)
        article = Article(id=line.id, title=line.title, body=line.body, language=line.lang)
        self.entries.articles[line.id] = ArticleEntry(where, article)

    def take_comment(self, where: str, line: CommentLine) -> None:
        above = self.entries.articles.get(line.article)
        if above is None:
            raise CorpusError(f"there is no article {line.article!r}", field=f"{where}: article")
        check_comment(where, line)
        if line.id in self.entries.comments:
            raise CorpusError(f"{line.id!r} stands twice", field=f"{where}: id")
        first = self._seen.setdefault((line.article, fingerprint(normalise(line.text))), where)
        if first != where:
            raise CorpusError(f"says the same as {first}", field=f"{where}: text")
        self.entries.comments[line.id] = CommentEntry(where, line.id, _row(line, above.article))


_Line = TypeVar("_Line", ArticleLine, CommentLine)


def _read_file(
    path: Path,
    kind: type[_Line],
    take: Callable[[str, _Line], None],
    refuse: Callable[[CorpusError], None],
) -> bool:
    """Read a file; False when there was a fault."""
    try:
        lines = numbered_lines(path, path.name)
    except CorpusError as fault:
        refuse(fault)
        return False
    sound = True
    language = path.name.split(".")[1]
    for where, raw in lines:
        try:
            line = parse_line(where, raw, kind)
            if line.lang != language:
                why = f"{line.lang!r} in a file of {language!r}"
                raise CorpusError(why, field=f"{where}: lang")
            take(where, line)
        except CorpusError as fault:
            sound = False
            refuse(fault)
    return sound


def _raise(fault: CorpusError) -> None:
    raise fault


def _row(line: CommentLine, article: Article) -> Row:
    return Row(
        text=line.text,
        source="corpus",
        group=line.article,
        language=line.lang,
        spam=line.spam,
        toxicity=line.toxic,
        substance=line.substance,
        kind=RelevanceKind(line.relevance) if line.relevance else None,
        article=article,
        parent=line.parent,
        family=line.family,
        kinds=line.toxic_kinds,
    )
