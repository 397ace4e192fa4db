"""
A review desk for tests: a real SQLite store, a clock that stands, and held comments.

Opens only what it is told to, in a temporary folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from moderation.desk.authors import author_key
from moderation.store import Audit, NewComment, Store, StoredComment
from moderation.terms import (
    Action,
    Article,
    Author,
    Comment,
    Decision,
    Reason,
    RelevanceKind,
    Scores,
    Span,
)
from tests.fakes import CHEAP_HASHER, Clock

__all__ = ["ARTICLE", "Desk", "open_desk"]

ARTICLE = Article(
    id="a-1",
    url="https://news.example/harbour",
    title="The harbour bridge opens a year late",
    body=(
        "The new bridge over the harbour opened on Monday, a year later than planned. "
        "The city says that steel prices and two storms are to blame. "
    )
    * 12,
    language="en",
)


@dataclass
class Desk:
    """A store with the verbs the review tests speak in."""

    store: Store
    clock: Clock = field(default_factory=Clock)

    def hold(
        self,
        text: str = "I want the jungle",
        *,
        reason: str = "OFF_TOPIC",
        priority: float = 0.5,
        author: Author | None = None,
        article: Article | None = ARTICLE,
        reasons: tuple[Reason, ...] | None = None,
        action: Action = Action.HOLD,
        failed: tuple[str, ...] = (),
        parent: str | None = None,
        minutes_ago: float = 0,
        audit: Audit | None = None,
        likely_to_reject: float | None = None,
    ) -> StoredComment:
        """Store one comment the machine decided on, held unless told otherwise."""
        at = self.clock() - timedelta(minutes=minutes_ago)
        author = author or Author(id="reader-1", name="Robin Reader")
        key = None
        if article is not None:
            key = self.store.articles.put("default", article, "0" * 64, at).key
        if reasons is None:
            span = (Span(0, len(text.split(" ")[0])),) if text.split(" ")[0] else ()
            reasons = (
                Reason(reason, "It has little to do with its article.", 0.8, action, 0.9, span),
            )
        stored, _ = self.store.comments.add(
            NewComment(
                comment=Comment(
                    text=text, received_at=at, author=author, article=article, parent_text=parent
                ),
                article_key=key,
                author_key=author_key(self.store.accounts.secret("author"), author),
                fingerprint=hash(text) % 2**40,
                simhash=hash(text) % 2**40,
                sketch=(0, 0),
                scores=Scores(
                    values={
                        "spam": None if "spam" in failed else 0.12,
                        "toxicity": None if "toxicity" in failed else 0.04,
                        "relevance": 0.08 if article else None,
                        "substance": 0.31,
                        "likely_to_reject": likely_to_reject,
                    },
                    relevance_kind=RelevanceKind.OFF_TOPIC if article else None,
                    failed=failed,
                    notes={"relevance": "Closest sentence: “The new bridge opened on Monday.”"},
                    language="en",
                    model="20261103-1",
                ),
                signals=(),
                decision=Decision(action, action, reasons, "p-1", "20261103-1"),
                case_reason=reason if action is Action.HOLD else None,
                case_priority=priority,
                audit=audit,
            )
        )
        return stored

    def reviewer(self, name: str = "anna", password: str | None = None) -> str:
        """Add a reviewer and give the id."""
        return self.store.accounts.add_reviewer(name, password, now=self.clock()).id

    def link(self, reviewer_id: str) -> str:
        """Make a one-time sign-in link and give its path."""
        token = self.store.accounts.make_sign_in_link(reviewer_id, now=self.clock())
        return f"/review/sign-in/{token}"

    def status(self, stored: StoredComment) -> str:
        """Read a comment's status as it is now."""
        return self.store.comments.get(stored.id).status.value


def open_desk(folder: Path) -> Desk:
    """Make a fresh SQLite store in `folder`."""
    url = f"sqlite:///{folder / 'review.sqlite'}"
    Store.upgrade(url)
    return Desk(Store.open(url, hasher=CHEAP_HASHER))
