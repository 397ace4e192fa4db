"""
Comments: added durably with what was decided, read back whole, erased on request.

The rows of a new one are made in `adding.py`, one is emptied in `erasing.py`.

Adding one costs three rows (four when a case opens), each part of one statement for all callers
that share the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select

from moderation.errors import InputError, NotFound
from moderation.store import history, tables
from moderation.store.adding import prepare
from moderation.store.engine import Database
from moderation.store.erasing import erase
from moderation.store.form_tokens import token_uses
from moderation.store.permalink import link_digest
from moderation.store.rows import NewComment, StoredComment
from moderation.store.statements import Query
from moderation.store.stored import load, load_one
from moderation.store.writer import ConstraintBroken
from moderation.terms import AuthorHistory, Form, Repeats, Status

__all__ = ["LONGEST_IDEMPOTENCY_KEY", "Comments"]

LONGEST_IDEMPOTENCY_KEY = 255
"""In code points."""

_PAGE = 200

_EARLIER = Query(
    select(
        tables.comments.c.id, tables.comments.c.request_digest, tables.comments.c.deleted_at
    ).where(
        tables.comments.c.key_id == bindparam("key_id"),
        tables.comments.c.idempotency_key == bindparam("idempotency_key"),
    )
)


_SAME_TEXT = Query(
    select(
        tables.comments.c.id,
        tables.comments.c.author_key,
        tables.comments.c.permalink,
        tables.articles.c.link,
    )
    .select_from(tables.comments)
    .outerjoin(tables.articles, tables.articles.c.key == tables.comments.c.article_key)
    .where(
        tables.comments.c.site == bindparam("site"),
        tables.comments.c.fingerprint == bindparam("fingerprint"),
        tables.comments.c.deleted_at.is_(None),
    )
    .order_by(tables.comments.c.received_at.desc(), tables.comments.c.id.desc())
    .limit(literal_column("100"))
)
# The newest hundred copies of one text: among more, one more or less makes no difference.

_TEXT = Query(
    select(tables.comments.c.text).where(
        tables.comments.c.id == bindparam("id"),
        tables.comments.c.site == bindparam("site"),
        tables.comments.c.deleted_at.is_(None),
    )
)

# The status is written out, and no parameter, so that the partial index is known to hold; texts are
# cut there, because a read for every comment must not bring forty long ones.
_APPROVED = Query(
    select(
        func.substr(tables.comments.c.text, literal_column("1"), literal_column("1000")).label(
            "text"
        )
    )
    .where(
        tables.comments.c.article_key == bindparam("article_key"),
        tables.comments.c.status == literal_column(f"'{Status.APPROVED.value}'"),
        tables.comments.c.deleted_at.is_(None),
    )
    .order_by(tables.comments.c.received_at, tables.comments.c.id)
    .limit(literal_column("40"))
)


class Comments:
    """The comments of every site. Methods may raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewComment) -> tuple[StoredComment, bool]:
        """
        Store a comment, its decision, its case when one is due, and the event: all or nothing.

        Durable when it returns. What is returned is the comment as given (its article is not read
        back), or the one stored earlier for the same key and idempotency key. Whoever expects such
        a repeat asks `earlier` first, which costs less.

        Returns:
            The stored comment, and whether it is new: False for a replay.

        Raises:
            InputError: the idempotency key was used for another request, or is too long; `field`
                is ``Idempotency-Key``.
            NotFound: the comment this is a replay of was deleted since.
        """
        if new.key_id is None or new.idempotency_key is None:
            stored, rows = prepare(new)
            self._database.insert(rows)
            return stored, True
        if len(new.idempotency_key) > LONGEST_IDEMPOTENCY_KEY:
            raise InputError(
                f"must have at most {LONGEST_IDEMPOTENCY_KEY} characters", field="Idempotency-Key"
            )
        stored, rows = prepare(new)
        try:
            self._database.insert(rows)
        except ConstraintBroken:
            earlier = self.earlier(new.key_id, new.idempotency_key, new.request_digest)
            if earlier is None:
                raise
            return earlier, False
        return stored, True

    def earlier(
        self, key_id: str, idempotency_key: str, request_digest: str | None
    ) -> StoredComment | None:
        """
        Give the comment that this request stored before, None when it is new. One indexed read.

        Raises:
            InputError: the idempotency key was used for another request; `field` is
                ``Idempotency-Key``.
            NotFound: the comment was deleted since.
        """
        named = {"key_id": key_id, "idempotency_key": idempotency_key}
        for row in self._database.fetch(_EARLIER, named):
            if row.request_digest != request_digest:
                raise InputError("was used for another request", field="Idempotency-Key")
            if row.deleted_at is not None:
                raise NotFound("The comment of this Idempotency-Key was deleted.")
            return self.get(row.id)
        return None

    def get(self, id: str, *, site: str | None = None) -> StoredComment:
        """
        Read one comment.

        Raises:
            NotFound: unknown, deleted, or of another site than `site`.
        """
        with self._database.reading() as connection:
            return load_one(connection, id, site=site)

    def text(self, id: str, *, site: str) -> str | None:
        """Read the text alone; None when unknown, deleted or of another site. One indexed read."""
        rows = self._database.fetch(_TEXT, {"id": id, "site": site})
        return rows[0].text if rows else None

    def approved_under(self, article_key: str) -> list[str]:
        """
        Read how the first 40 comments approved under an article begin, oldest first.

        Returns:
            at most 1000 characters of each.
        """
        rows = self._database.fetch(_APPROVED, {"article_key": article_key})
        return [row.text for row in rows]

    def find_same(
        self, site: str, fingerprint: int, *, author_key: str | None, permalink: str | None
    ) -> str | None:
        """
        Find the comment that somebody speaks of by its content; one indexed query.

        One whose author or page is another than the one asked for is not meant. Of those left,
        the one that agrees in most counts, and of one author's the newest.

        Args:
            fingerprint: of its text, after normalisation.
            author_key: None when nothing is known of the author.
            permalink: of the comment or of its page; None when it is not known.

        Returns:
            None when there is none, or when several people's are meant alike.
        """
        link = link_digest(permalink)
        best: list[tuple[str, str | None]] = []
        most = -1
        for row in self._database.fetch(_SAME_TEXT, {"site": site, "fingerprint": fingerprint}):
            links = {row.link, link_digest(row.permalink)} - {None}
            if author_key is not None and row.author_key not in (None, author_key):
                continue
            if link is not None and links and link not in links:
                continue
            agrees = (author_key is not None and row.author_key == author_key) + (link in links)
            if agrees > most:
                best, most = [], agrees
            if agrees == most:
                best.append((row.id, row.author_key))
        authors = {author for _, author in best}
        if len(best) > 1 and (len(authors) > 1 or None in authors):
            return None
        return best[0][0] if best else None

    def delete(self, id: str, *, site: str | None, actor: str, now: datetime) -> None:
        """
        Erase a comment: text, author, decision, label, notes on it, and quotes of it in answers.

        An empty row stays, so that the id is never used again; verdicts and events stay too, and
        hold nothing of the comment. Its open case is closed.

        Raises:
            NotFound: unknown, already deleted, or of another site than `site`.
        """

        def work(connection: Connection) -> None:
            row = connection.execute(
                select(tables.comments.c.site)
                .where(tables.comments.c.id == id, tables.comments.c.deleted_at.is_(None))
                .with_for_update()
            ).first()
            if row is None or site not in (None, row.site):
                raise NotFound("There is no such comment.", field="id")
            erase(connection, id, row.site, now)
            connection.execute(
                insert(tables.events),
                {"at": now, "kind": "comment.deleted", "actor": actor, "subject": id, "data": {}},
            )

        self._database.write(work)

    def author_history(self, site: str, author_key: str | None) -> AuthorHistory:
        """Tell what is known of an author on a site; one indexed query."""
        if author_key is None:
            return AuthorHistory()
        return history.author_history(self._database, site, author_key)

    def repeats(
        self,
        site: str,
        fingerprint: int,
        simhash: int,
        sketch: tuple[int, int],
        *,
        author_key: str | None,
        since: datetime,
    ) -> Repeats:
        """
        Count comments of a site, not older than `since`, with the same or nearly the same text.

        One query over three indexes. Of each kind the newest `history.REPEATS_LIMIT` count.

        Args:
            sketch: (0, 0) is near nothing.
            author_key: the author asking; `Repeats.authors` counts the others.
        """
        return history.repeats(
            self._database, site, fingerprint, simhash, sketch, author_key=author_key, since=since
        )

    def token_uses(self, form: Form | None) -> int:
        """
        Count the comments that came with this form's valid token, up to `form_tokens.MOST_USES`.

        One indexed read, and none without a valid token. Two comments that come at the same moment
        do not see each other.
        """
        return token_uses(self._database, form)

    def by_author(self, site: str, author_key: str, *, limit: int) -> list[StoredComment]:
        """Give an author's newest comments on a site, newest first."""
        comments = tables.comments
        newest = (
            select(comments.c.id)
            .where(comments.c.site == site, comments.c.author_key == author_key)
            .order_by(comments.c.received_at.desc(), comments.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return load(connection, list(connection.scalars(newest)))

    def all(self, *, site: str | None = None) -> Iterator[StoredComment]:
        """
        Give every comment, oldest first, without holding them all or a transaction.

        One added or deleted meanwhile may or may not be among them.
        """
        comments = tables.comments
        page = select(comments.c.id).where(
            comments.c.id > bindparam("after"), comments.c.deleted_at.is_(None)
        )
        if site is not None:
            page = page.where(comments.c.site == site)
        page = page.order_by(comments.c.id).limit(_PAGE)
        after = ""
        while True:
            with self._database.reading() as connection:
                ids = list(connection.scalars(page, {"after": after}))
                found = load(connection, ids)
            yield from found
            if len(ids) < _PAGE:
                return
            after = ids[-1]
