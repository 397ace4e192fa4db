"""
An article as the page shows it beside a comment: plain text, its beginning first, the rest folded.

Pure; cuts and never fetches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from moderation.store import StoredComment
from moderation.terms import Article
from moderation.text import normalise

__all__ = ["ShownArticle", "shown_article"]

_LEAD_CHARS = 900
_MOST_CHARS = 20_000

# Where a reader does not mind a cut: after a paragraph, else a sentence, else a word.
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"[.!?。؟۔।]['\"”’»)]*\s"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """
    What is shown of an article.

    Attributes:
        key: our key of it, for the queue's filter; None when it is not kept.
        lead: the beginning of the body, cut where a reader does not mind.
        rest: what follows, at most some 20,000 characters in all.
        is_cut: whether even `rest` is not all.
        note: what the relevance score rests on, in one sentence, or None.
    """

    key: str | None
    title: str | None
    url: str | None
    lead: str
    rest: str
    is_cut: bool
    note: str | None


def shown_article(stored: StoredComment) -> ShownArticle | None:
    """Give what to show of a comment's article, or None when the site named none."""
    article = stored.comment.article
    if article is None:
        return None
    body = _plain_body(article)
    cut = _polite_cut(body, _LEAD_CHARS)
    return ShownArticle(
        key=stored.article_key,
        title=article.title,
        url=article.url,
        lead=body[:cut].rstrip(),
        rest=body[cut:].lstrip(),
        is_cut=len(article.body or "") > _MOST_CHARS,
        note=stored.scores.notes.get("relevance"),
    )


def _plain_body(article: Article) -> str:
    body = (article.body or "")[:_MOST_CHARS].strip()
    # Plain text keeps its own spelling and line breaks; only markup has to go.
    return normalise(body).plain.strip() if "<" in body or "&" in body else body


def _polite_cut(body: str, length: int) -> int:
    # A few characters more are better than a fold that hides one line.
    if len(body) <= length * 5 // 4:
        return len(body)
    for pattern in _CUTS:
        ends = [match.end() for match in pattern.finditer(body, length // 2, length)]
        if ends:
            return ends[-1]
    return length
