"""
What one line of the corpus may hold, and which labels contradict each other.

Reads no file and knows no other line.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from moderation.errors import CorpusError
from moderation.terms import TOXIC_KINDS, RelevanceKind
from moderation.training.json_lines import StrictLine

__all__ = [
    "SPAM_FAMILIES",
    "STANCES",
    "ArticleLine",
    "CommentLine",
    "check_article",
    "check_comment",
]

SPAM_FAMILIES = tuple(
    "link_seo crypto dating gambling fake_support contact_bait promotion giveaway job_offer "
    "copied_comment machine_reply".split()
)
STANCES = tuple(
    "agree oppose ask correct story reply quote thanks hard_negative bare_word foreign".split()
)
"""The families of what is neither spam nor toxic."""


class ArticleLine(StrictLine):
    """A line of ``articles.LANG.jsonl``; every key is explained in CORPUS.md."""

    id: str
    lang: str
    section: str
    title: str
    body: str


class CommentLine(StrictLine):
    """A line of ``comments.LANG.jsonl``; every key is explained in CORPUS.md."""

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

    @property
    def toxic_kinds(self) -> frozenset[str] | None:
        """The kinds of toxicity: those named, else the family's; None when neither says."""
        if not self.toxic:
            return frozenset()
        if self.kinds:
            return frozenset(self.kinds)
        return frozenset({self.family}) if self.family in TOXIC_KINDS else None


def check_article(where: str, line: ArticleLine) -> None:
    """
    Refuse an article that says nothing.

    Raises:
        CorpusError: title or body is blank.
    """
    for key in ("title", "body"):
        if not getattr(line, key).strip():
            raise CorpusError("is empty", field=f"{where}: {key}")


def check_comment(where: str, line: CommentLine) -> None:
    """
    Refuse a comment whose labels nobody knows or that contradict each other.

    Raises:
        CorpusError: `field` names the first key that is wrong.
    """

    def refuse(key: str, why: str) -> CorpusError:
        return CorpusError(why, field=f"{where}: {key}")

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


def _check_kinds(line: CommentLine, refuse: Callable[[str, str], CorpusError]) -> None:
    families = SPAM_FAMILIES if line.spam else TOXIC_KINDS if line.toxic else STANCES
    if line.family is not None and line.family not in families:
        raise refuse("family", f"{line.family!r} is none of {', '.join(sorted(families))}")
    strange = [kind for kind in line.kinds if kind not in TOXIC_KINDS]
    if strange:
        raise refuse("kinds", f"{strange[0]!r} is none of {', '.join(sorted(TOXIC_KINDS))}")
    if line.kinds and not line.toxic:
        raise refuse("kinds", "only a toxic row has kinds of toxicity")
