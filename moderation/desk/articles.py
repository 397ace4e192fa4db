"""
Finds the article a comment stands under, and remembers one that came with a comment.

Reads and writes the store's articles only; analyses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderation.classifiers.articles import EARLIER, article_digest
from moderation.store import Store, StoredArticle
from moderation.terms import Article

__all__ = ["Resolved", "earlier_comments", "remember", "resolve"]

_USED = (EARLIER, 8, 4, 2)
# One comment alone misled more than it told.
_TELLING = 25
# Characters; shorter ones are praise more often than not.


@dataclass(frozen=True, slots=True)
class Resolved:
    """
    What is known of the article of one comment.

    Attributes:
        article: all that is known of it; None when the comment names none and brings none.
        stored: the row it was found in, when it was.
        unknown: it was named, but there is no text of it to compare with.
        digest: of `article`, when it was worked out already, as its analysis does.
    """

    article: Article | None = None
    stored: StoredArticle | None = None
    unknown: bool = False
    digest: str | None = None


def resolve(store: Store | None, site: str, sent: Article | None) -> Resolved:
    """
    Find the text of an article: what the comment brought wins, part by part, over what is stored.

    Raises:
        StoreError: the store did not answer.
    """
    if sent is None or not (sent.id or sent.url or sent.has_text):
        return Resolved()
    stored = None
    if store is not None and (sent.id or sent.url):
        stored = store.articles.find(site, id=sent.id, url=sent.url)
        if sent.id and sent.url and stored is not None and not stored.article.has_text:
            # Platforms name a story by an id of their own before the site sends its text under
            # another one; the address is what both have in common.
            by_address = store.articles.find(site, url=sent.url)
            if by_address is not None and by_address.article.has_text:
                stored = by_address
    known = stored.article if stored else Article()
    # A site that sends only the title must not lose the body it sent before.
    article = Article(
        id=sent.id or known.id,
        url=sent.url or known.url,
        title=sent.title if (sent.title or "").strip() else known.title,
        body=sent.body if (sent.body or "").strip() else known.body,
        language=sent.language or known.language,
    )
    return Resolved(article=article, stored=stored, unknown=not article.has_text)


def earlier_comments(store: Store | None, resolved: Resolved) -> tuple[str, ...]:
    """
    Give the first approved comments under an article of which only the title is known.

    What readers said under it tells more of what it is about than six words do (decision record
    0022). Where its text is known they add nothing, and are not read.

    Returns:
        None, two, four, eight or sixteen of them, so that an article is analysed five times at
        most, however many comments come.

    Raises:
        StoreError: the store did not answer.
    """
    article, stored = resolved.article, resolved.stored
    if store is None or article is None or stored is None or (article.body or "").strip():
        return ()
    texts = [t for t in store.comments.approved_under(stored.key) if len(t) >= _TELLING]
    return tuple(texts[: next((count for count in _USED if count <= len(texts)), 0)])


def remember(store: Store, site: str, resolved: Resolved, now: datetime) -> str | None:
    """
    Store the article when it is new or changed, and give its key.

    An article that came without id and permalink is kept too, so that a moderator and a later
    training run can still read what the comment stood under. One that was only named is kept
    without text, so that the comment belongs to it when its text arrives.

    Returns:
        None when the comment names no article and brings none.

    Raises:
        StoreError: the write failed.
    """
    article, stored = resolved.article, resolved.stored
    if article is None:
        return None
    digest = resolved.digest or article_digest(article)
    if stored and stored.digest == digest and not _adds_to(stored.article, article):
        return stored.key
    return store.articles.put(site, article, digest, now).key


def _adds_to(known: Article, article: Article) -> bool:
    """Tell whether a name or a language came along that was not known; no name is replaced."""
    return bool(
        (article.id and not known.id)
        or (article.url and not known.url)
        or (article.language and not known.language)
    )
