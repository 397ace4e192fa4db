"""
The store: everything that outlives a process, on SQLite or PostgreSQL, one noun a file.

The only room that knows SQL; it judges nothing and reads no clock.
"""

from __future__ import annotations

from types import TracebackType

from argon2 import PasswordHasher
from sqlalchemy import text

from moderation.store import schema
from moderation.store.accounts import Accounts
from moderation.store.articles import Articles
from moderation.store.cases import Cases
from moderation.store.comments import Comments
from moderation.store.engine import Database, parse_url
from moderation.store.events import Events
from moderation.store.replies import Replies
from moderation.store.reports import Reports
from moderation.store.rows import (
    JSON,
    Audit,
    Audited,
    Correction,
    Event,
    NewComment,
    NewReply,
    QueueEntry,
    Reviewer,
    StoredArticle,
    StoredComment,
    Tally,
)
from moderation.store.verdicts import Verdicts

__all__ = [
    "JSON",
    "Accounts",
    "Articles",
    "Audit",
    "Audited",
    "Cases",
    "Comments",
    "Correction",
    "Event",
    "Events",
    "NewComment",
    "NewReply",
    "QueueEntry",
    "Replies",
    "Reports",
    "Reviewer",
    "Store",
    "StoredArticle",
    "StoredComment",
    "Tally",
    "Verdicts",
]


class Store:
    """
    One store, shared by all threads of a process; safe to open before a process forks.

    Every method of every noun may raise `StoreError`; datetimes are aware UTC, in and out. A write
    is durable when its method returns.

    Attributes:
        articles: what comments stand under.
        comments: the comments with what was decided about them.
        cases: the review queue.
        verdicts: what moderators decided, as training labels.
        reports: what others say of comments.
        replies: what clients that know only "spam or not" were told, and corrections of it.
        accounts: keys, reviewers and shared secrets.
        events: the append-only log.
    """

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self.articles = Articles(database)
        self.comments = Comments(database)
        self.cases = Cases(database)
        self.verdicts = Verdicts(database)
        self.reports = Reports(database)
        self.replies = Replies(database)
        self.accounts = Accounts(database, hasher)
        self.events = Events(database)

    @classmethod
    def open(cls, url: str, *, hasher: PasswordHasher | None = None) -> Store:
        """
        Open a store whose schema is up to date.

        Args:
            url: ``sqlite:///PATH`` or ``postgresql://…``.
            hasher: of passwords; tests pass a cheap one.

        Raises:
            SchemaVersionError: the schema is missing, older or newer; the message says what to do.
            StoreError: the address is wrong or the store does not answer.
        """
        database = Database(parse_url(url))
        try:
            schema.check(database)
        except BaseException:
            database.close()
            raise
        return cls(database, hasher)

    @staticmethod
    def upgrade(url: str) -> str:
        """
        Create the store or bring its schema up to date; safe to run again, and by two at once.

        Returns:
            The schema revision it has now.

        Raises:
            SchemaVersionError: the store is newer than this program.
            StoreError: the address is wrong or the store does not answer.
        """
        database = Database(parse_url(url))
        try:
            return schema.upgrade(database)
        finally:
            database.close()

    def ping(self) -> None:
        """
        Ask the database for a sign of life.

        Raises:
            StoreError: it gives none.
        """
        with self._database.reading() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Finish the writes callers wait for and close every connection. Later writes fail."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
