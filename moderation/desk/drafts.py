"""
Gathers all that is known of one comment before the model sees it: text, article, history, signals.

Reads the store and never writes; scores nothing and decides nothing. A part that breaks abstains.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from moderation.classifiers.articles import ArticleMemory
from moderation.classifiers.model import Item, Model
from moderation.desk.articles import Resolved, earlier_comments, resolve
from moderation.desk.authors import author_key
from moderation.errors import describe
from moderation.signals import Evidence, gather
from moderation.store import Store
from moderation.terms import AuthorHistory, Comment, Lists, Repeats, Signal
from moderation.text import (
    UNKNOWN,
    Text,
    detect_language,
    find_contacts,
    find_links,
    fingerprints,
    normalise,
)

__all__ = [
    "ARTICLE_UNKNOWN",
    "LANGUAGE_UNMEASURED",
    "NOTICES",
    "Draft",
    "attempt",
    "find_article",
    "gather_signals",
    "note_language",
    "prepare_item",
    "read_history",
    "read_text",
]

ARTICLE_UNKNOWN = Signal(
    name="ARTICLE_UNKNOWN",
    strength=1.0,
    message="The article is not known here and no text was sent, so relevance was not checked.",
)

LANGUAGE_UNMEASURED = "LANGUAGE_UNMEASURED"
"""Name of the signal that the comment is in a language in which nobody measured the model."""

NOTICES = frozenset({ARTICLE_UNKNOWN.name, LANGUAGE_UNMEASURED})
"""Signals that only inform, whatever the policy."""

REPEAT_WINDOW = timedelta(days=7)
_PARENT_CHARS = 4000
# The comment answered is context; more of it costs time and moves no score.

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(slots=True)
class Draft:
    """
    What is gathered of one comment; filled step by step, each step leaving a usable default.

    Attributes:
        failed: parts that broke, in order; a broken signal goes by its name.
        sketch: two min-hashes, see `moderation.text.fingerprint`.
    """

    comment: Comment
    failed: list[str] = field(default_factory=list)
    text: Text | None = None
    language: str = "unknown"
    fingerprint: int = 0
    simhash: int = 0
    sketch: tuple[int, int] = (0, 0)
    resolved: Resolved = field(default_factory=Resolved)
    author_key: str | None = None
    history: AuthorHistory = field(default_factory=AuthorHistory)
    repeats: Repeats = field(default_factory=Repeats)
    token_uses: int = 0
    signals: tuple[Signal, ...] = ()
    item: Item | None = None


def attempt(failed: list[str], part: str, step: Callable[[], _T], otherwise: _T) -> _T:
    """
    Run one part of the check; when it breaks, note the part, log where, and go on without it.

    The log names the kind of error and the place only: messages of errors can quote the comment.
    """
    try:
        return step()
    except Exception as error:
        failed.append(part)
        _log.error("a part of the check failed", extra={"part": part, **describe(error)})
        return otherwise


def read_text(draft: Draft) -> None:
    """Normalise the text once and take its language and fingerprints; a site's word wins."""
    text = normalise(draft.comment.text)
    told = (draft.comment.language or "").partition("-")[0].lower()
    draft.language = told if 2 <= len(told) <= 3 and told.isalpha() else detect_language(text)
    found = fingerprints(text)
    draft.fingerprint, draft.simhash, draft.sketch = found.exact, found.simhash, found.sketch
    draft.text = text


def find_article(draft: Draft, store: Store | None) -> None:
    """Resolve the article the comment names or brings, and put its text into the comment."""
    draft.resolved = resolve(store, draft.comment.site, draft.comment.article)
    if draft.resolved.article is not None:
        draft.comment = replace(draft.comment, article=draft.resolved.article)


def read_history(draft: Draft, store: Store, secret: bytes) -> None:
    """Read what the author wrote before, how often this text came from anyone, and the token."""
    comment = draft.comment
    key = draft.author_key = author_key(secret, comment.author)
    draft.history = attempt(
        draft.failed,
        "history",
        lambda: store.comments.author_history(comment.site, key),
        draft.history,
    )
    draft.repeats = attempt(
        draft.failed,
        "repeats",
        lambda: store.comments.repeats(
            comment.site,
            draft.fingerprint,
            draft.simhash,
            draft.sketch,
            author_key=key,
            since=comment.received_at - REPEAT_WINDOW,
        ),
        draft.repeats,
    )
    draft.token_uses = attempt(
        draft.failed, "token", lambda: store.comments.token_uses(comment.form), 0
    )


def gather_signals(draft: Draft, lists: Lists) -> None:
    """Run every signal; one that breaks abstains and is noted."""
    if draft.text is None:
        return
    gathered = gather(
        Evidence(
            comment=draft.comment,
            text=draft.text,
            links=find_links(draft.text),
            contacts=find_contacts(draft.text),
            language=draft.language,
            history=draft.history,
            repeats=draft.repeats,
            lists=lists,
            fingerprint=draft.fingerprint,
            simhash=draft.simhash,
            token_uses=draft.token_uses,
        )
    )
    draft.signals = gathered.signals
    draft.failed += gathered.failed
    if draft.resolved.unknown:
        draft.signals += (ARTICLE_UNKNOWN,)


def note_language(draft: Draft, model: Model) -> None:
    """Say so where the comment is in a language that the model was never measured in."""
    if draft.language == UNKNOWN or not model.languages or draft.language in model.languages:
        return
    message = f"Is in a language that the model was never measured in ({draft.language})."
    draft.signals += (Signal(LANGUAGE_UNMEASURED, 1.0, message),)


def prepare_item(
    draft: Draft, model: Model, memory: ArticleMemory, store: Store | None, max_chars: int
) -> None:
    """Put together what the model judges by: text, analysed article, the comment answered."""
    if draft.text is None:
        return
    article, analysis = draft.resolved.article, None
    if article is not None and not draft.resolved.unknown:
        body = article.body
        if body is not None and len(body) > max_chars:
            article = replace(article, body=body[:max_chars])
        cut = article
        earlier: tuple[str, ...] = attempt(
            draft.failed, "earlier", lambda: earlier_comments(store, draft.resolved), ()
        )
        analysis = attempt(
            draft.failed, "article", lambda: memory.analysis(model, cut, earlier), None
        )
        if analysis is not None and cut is draft.resolved.article:
            # Hashing 20,000 letters takes 30 to 130 µs, so `remember` need not do it again.
            draft.resolved = replace(draft.resolved, digest=analysis.digest)
    parent = attempt(draft.failed, "parent", lambda: _parent_text(draft.comment, store), None)
    draft.item = Item(
        text=draft.text,
        article=analysis,
        parent=normalise(parent[:_PARENT_CHARS]) if parent else None,
        language=draft.language,
    )


def _parent_text(comment: Comment, store: Store | None) -> str | None:
    if comment.parent_text or store is None or not comment.parent_id:
        return comment.parent_text
    # Unknown when it is the site's own id, or deleted: context only, never needed.
    return store.comments.text(comment.parent_id, site=comment.site)
