"""
Articles: remembered once for each site, by the site's id, the permalink or the text itself.

Writes the table `articles` only; analysing them is not done here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from moderation.errors import InputError
from moderation.store import tables
from moderation.store.columns import storable
from moderation.store.engine import Database
from moderation.store.ids import new_id
from moderation.store.permalink import link_digest
from moderation.store.rows import StoredArticle
from moderation.store.statements import Query
from moderation.store.writer import ConstraintBroken
from moderation.terms import Article

__all__ = ["LONGEST_ID", "Articles"]

LONGEST_ID = 500
"""Longest id of a site, in code points: PostgreSQL cannot index much more."""

_of_site = select(tables.articles).where(tables.articles.c.site == bindparam("site"))
_BY_ID = _of_site.where(tables.articles.c.external_id == bindparam("id"))
_BY_LINK = (
    _of_site.where(tables.articles.c.link == bindparam("link"))
    .order_by(tables.articles.c.updated_at.desc(), tables.articles.c.key)
    .limit(1)
)
_FIND_BY_ID, _FIND_BY_LINK = Query(_BY_ID), Query(_BY_LINK)
_UNNAMED_BY_LINK = _BY_LINK.where(tables.articles.c.external_id.is_(None))
_UNNAMED_BY_TEXT = _of_site.where(
    tables.articles.c.digest == bindparam("digest"),
    tables.articles.c.external_id.is_(None),
    tables.articles.c.link.is_(None),
)


class Articles:
    """The articles of every site. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, site: str, article: Article, digest: str, now: datetime) -> StoredArticle:
        """
        Remember an article, or what changed of it.

        It is found by (site, id); without an id by (site, url); with neither by its digest, so
        that the same text sent again is the same article. One first met by address gets its id
        when the site names both. What the article leaves out stays as it was: an article without
        text never erases stored text. Nothing is written when nothing changed.

        Args:
            digest: of the article's title and body (`classifiers.articles.article_digest`).

        Raises:
            InputError: the id is longer than `LONGEST_ID`.
        """
        _check_id(article.id)
        with self._database.reading() as connection:
            known = _find_for_put(connection, site, article, digest)
        if known is not None and not _changes(known, article, digest):
            return _read(known)
        try:
            return self._put(site, article, digest, now)
        except ConstraintBroken:
            # Another process remembered it between our look and our insert; now it is an update.
            return self._put(site, article, digest, now)

    def find(
        self, site: str, *, id: str | None = None, url: str | None = None
    ) -> StoredArticle | None:
        """Find an article by the site's id or else by its address; None when neither is known."""
        rows: list[Any] = []
        if id is not None:
            rows = self._database.fetch(_FIND_BY_ID, {"site": site, "id": id})
        link = None if rows else link_digest(url)
        if link is not None:
            rows = self._database.fetch(_FIND_BY_LINK, {"site": site, "link": link})
        return _read(rows[0]) if rows else None

    def _put(self, site: str, article: Article, digest: str, now: datetime) -> StoredArticle:
        def work(connection: Connection) -> StoredArticle:
            known = _find_for_put(connection, site, article, digest, lock=True)
            if known is None:
                key = new_id(now)
                values = {"digest": digest, **_given(article, digest)}
                statement: Any = insert(tables.articles).values(key=key, site=site)
            else:
                key = known.key
                values = _changes(known, article, digest)
                statement = update(tables.articles).where(tables.articles.c.key == key)
            connection.execute(statement.values(**values, updated_at=now))
            by_key = select(tables.articles).where(tables.articles.c.key == key)
            return _read(connection.execute(by_key).one())

        return self._database.write(work)


def _check_id(id: str | None) -> None:
    if id is not None and len(id) > LONGEST_ID:
        raise InputError(f"must have at most {LONGEST_ID} characters", field="article.id")


def _find_for_put(
    connection: Connection, site: str, article: Article, digest: str, *, lock: bool = False
) -> Row[Any] | None:
    def first(statement: Select[Any], **values: str) -> Row[Any] | None:
        statement = statement.with_for_update() if lock else statement
        return connection.execute(statement, {"site": site, **values}).first()

    link = link_digest(article.url)
    if article.id is not None:
        row = first(_BY_ID, id=article.id)
        if row is not None or link is None:
            return row
        return first(_UNNAMED_BY_LINK, link=link)
    if link is not None:
        return first(_BY_LINK, link=link)
    return first(_UNNAMED_BY_TEXT, digest=digest)


def _given(article: Article, digest: str) -> dict[str, str | None]:
    """Give the columns an article speaks about, with their values as the store keeps them."""
    values = {"external_id": article.id, "language": article.language}
    link = link_digest(article.url)
    if link is not None:
        values |= {"url": article.url, "link": link}
    given = {name: storable(value) for name, value in values.items() if value is not None}
    if not article.has_text:
        return dict(given)
    # Title and body go together: the digest is of both.
    title, body = (text and storable(text) for text in (article.title, article.body))
    return {**given, "title": title, "body": body, "digest": digest}


def _changes(known: Row[Any], article: Article, digest: str) -> dict[str, str | None]:
    stored = known._mapping
    return {name: value for name, value in _given(article, digest).items() if stored[name] != value}


def _read(row: Row[Any]) -> StoredArticle:
    return StoredArticle(
        key=row.key,
        site=row.site,
        article=Article(
            id=row.external_id, url=row.url, title=row.title, body=row.body, language=row.language
        ),
        digest=row.digest,
        updated_at=row.updated_at,
    )
