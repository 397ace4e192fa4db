"""
Reads and checks our own corpus in `training_data/`.

Every fault names file, line and key; nothing is skipped silently.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moderation.errors import CorpusError
from moderation.terms import Article, RelevanceKind
from moderation.text import fingerprint, normalise
from moderation.training.rows import Row

__all__ = ["corpus_counts", "read_corpus"]

SPAM_FAMILIES = frozenset(
    "link_seo crypto dating gambling fake_support contact_bait promotion giveaway job_offer "
    "copied_comment machine_reply".split()
)
TOXIC_KINDS = frozenset("insult threat identity_attack profanity sexual".split())
STANCES = frozenset(
    "agree oppose ask correct story reply quote thanks hard_negative bare_word foreign".split()
)


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _ArticleLine(_Strict):
    id: str
    lang: str
    section: str
    title: str
    body: str


class _CommentLine(_Strict):
    id: str
    article: str
    lang: str
    text: str
    spam: bool
    toxic: bool
    relevance: str | None
    substance: bool
    family: str | None = None
    kinds: tuple[str, ...] = Field(default=(), strict=False)
    why: str
    parent: str | None = None


def _lines(path: Path, kind: type[_Strict]) -> Iterator[tuple[str, Any]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"cannot be read: {error.strerror}", field=str(path)) from error
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            yield where, kind.model_validate(json.loads(line.decode("utf-8")))
        except UnicodeDecodeError as error:
            raise CorpusError(f"is not UTF-8: {error}", field=where) from error
        except (json.JSONDecodeError, RecursionError) as error:
            raise CorpusError(f"is not JSON: {error}", field=where) from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            field = f"{where}: {key}" if key else where
            raise CorpusError(first["msg"], field=field) from error


def _check_kinds(line: _CommentLine, refuse: Callable[[str, str], CorpusError]) -> None:
    families = SPAM_FAMILIES if line.spam else TOXIC_KINDS if line.toxic else STANCES
    if line.family is not None and line.family not in families:
        raise refuse("family", f"{line.family!r} is none of {', '.join(sorted(families))}")
    strange = [kind for kind in line.kinds if kind not in TOXIC_KINDS]
    if strange:
        raise refuse("kinds", f"{strange[0]!r} is none of {', '.join(sorted(TOXIC_KINDS))}")
    if line.kinds and not line.toxic:
        raise refuse("kinds", "only a toxic row has kinds of toxicity")


def _check(where: str, line: _CommentLine, articles: dict[str, Article]) -> None:
    def refuse(key: str, why: str) -> CorpusError:
        return CorpusError(why, field=f"{where}: {key}")

    if line.article not in articles:
        raise refuse("article", f"there is no article {line.article!r}")
    if not line.text.strip():
        raise refuse("text", "is empty")
    if line.relevance is not None and line.relevance not in set(RelevanceKind):
        known = ", ".join(RelevanceKind)
        raise refuse("relevance", f"{line.relevance!r} is none of {known}, null")
    if line.relevance is None and not line.spam:
        raise refuse("relevance", "may be null only for spam")
    _check_kinds(line, refuse)
    if line.spam and line.substance:
        raise refuse("substance", "spam has no substance")
    if line.relevance == RelevanceKind.GENERIC and line.toxic:
        raise refuse("relevance", "contempt is not thin praise: never generic for a toxic row")
    if line.relevance == RelevanceKind.GENERIC and line.substance:
        raise refuse("substance", "what fits any article has no substance")


def read_corpus(folder: Path) -> list[Row]:
    """
    Read all ``articles.*.jsonl`` and ``comments.*.jsonl`` of a folder.

    Raises:
        CorpusError: a row breaks the schema, names an unknown label or article, or says what
            another row of the same article says already; `field` is file, line and key.
    """
    articles: dict[str, Article] = {}
    for path in sorted(folder.glob("articles.*.jsonl")):
        for where, line in _lines(path, _ArticleLine):
            if line.id in articles:
                raise CorpusError(f"{line.id!r} stands twice", field=f"{where}: id")
            for key in ("title", "body"):
                if not getattr(line, key).strip():
                    raise CorpusError("is empty", field=f"{where}: {key}")
            articles[line.id] = Article(
                id=line.id, title=line.title, body=line.body, language=line.lang
            )
    rows: list[Row] = []
    ids: set[str] = set()
    seen: dict[tuple[str, int], str] = {}
    for path in sorted(folder.glob("comments.*.jsonl")):
        for where, line in _lines(path, _CommentLine):
            _check(where, line, articles)
            if line.id in ids:
                raise CorpusError(f"{line.id!r} stands twice", field=f"{where}: id")
            ids.add(line.id)
            first = seen.setdefault((line.article, fingerprint(normalise(line.text))), where)
            if first != where:
                raise CorpusError(f"says the same as {first}", field=f"{where}: text")
            rows.append(
                Row(
                    text=line.text,
                    source="corpus",
                    group=line.article,
                    language=line.lang,
                    spam=line.spam,
                    toxicity=line.toxic,
                    substance=line.substance,
                    kind=RelevanceKind(line.relevance) if line.relevance else None,
                    article=articles[line.article],
                    parent=line.parent,
                    family=line.family,
                    kinds=line.kinds,
                )
            )
    return rows


def corpus_counts(rows: list[Row]) -> Counter[tuple[str, str]]:
    """Count rows by language and label, for the validator's table."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        labels = ["comments"]
        labels += ["spam"] if row.spam else []
        labels += ["toxic"] if row.toxicity else []
        labels += [row.kind.value] if row.kind is not None else []
        counts.update((row.language, label) for label in labels)
    for language in {row.language for row in rows}:
        groups = {row.group for row in rows if row.language == language}
        counts[language, "articles"] = len(groups)
    return counts
