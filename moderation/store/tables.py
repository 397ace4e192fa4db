"""
Every table and index, in the order data flows through them. Read this file to know the store.

Says what is kept, never how it is read or written; `migrations/` must lead to exactly this. Tables
of keys and reviewers are in `account_tables.py`.

Three rules hold everywhere. Times are UTC microseconds (`Moment`). Ids are 32 hex digits that sort
by time. `events`, `verdicts` and `reports` are append-only: triggers of the migrations refuse any
UPDATE and DELETE, so none may ever hold what a person can ask to have erased.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    and_,
)

from moderation.store.account_tables import keys, reviewers, secrets, sign_in_links
from moderation.store.columns import BIG_SERIAL, Document, Moment, StorableText
from moderation.store.metadata import metadata, partial_index

__all__ = [
    "articles",
    "cases",
    "comments",
    "decisions",
    "events",
    "keys",
    "labels",
    "metadata",
    "replies",
    "reports",
    "reviewers",
    "secrets",
    "sign_in_links",
    "verdict_notes",
    "verdicts",
]

articles = Table(
    "articles",
    metadata,
    Column("key", StorableText, primary_key=True),
    Column("site", StorableText, nullable=False),
    # The site's own id; null when the site named the article by address or by its text only.
    Column("external_id", StorableText),
    # As the site sent it; null when it sent none.
    Column("url", StorableText),
    # SHA-256 of the comparable form of `url` (permalink.py), null without one. A digest, because
    # PostgreSQL cannot index the longest addresses.
    Column("link", StorableText),
    # Null when only the id or the address is known; `body` and `language` likewise.
    Column("title", StorableText),
    Column("body", StorableText),
    Column("language", StorableText),
    # SHA-256 of title and body: changes exactly when the text does.
    Column("digest", StorableText, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
# Articles.find and put by id.
Index("articles_by_external_id", articles.c.site, articles.c.external_id, unique=True)
# Articles.find and put by address.
Index("articles_by_link", articles.c.site, articles.c.link)
# One row for an address nobody gave an id for, even when two processes meet it at once.
partial_index(
    "articles_one_per_link",
    articles.c.site,
    articles.c.link,
    unique=True,
    only=articles.c.external_id.is_(None),
)
# One row for a text that came with neither id nor address.
_nameless = articles.c.external_id.is_(None) & articles.c.link.is_(None)
partial_index(
    "articles_one_per_text",
    articles.c.site,
    articles.c.digest,
    unique=True,
    only=_nameless,
)

comments = Table(
    "comments",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("site", StorableText, nullable=False),
    # Null when the comment came without an article.
    Column("article_key", StorableText, ForeignKey(articles.c.key)),
    # What the site's authors are recognised by; null when the site sent nothing, or once deleted.
    Column("author_key", StorableText),
    # `terms.Author`; null when every field of it is, or once deleted.
    Column("author", Document),
    # As sent; empty once deleted.
    Column("text", StorableText, nullable=False),
    Column("received_at", Moment, nullable=False),
    # Our id or the site's of the comment answered; null at the top of a thread.
    Column("parent_id", StorableText),
    # Null when the site did not send it, or once this comment or the one answered was deleted.
    Column("parent_text", StorableText),
    # Null when the site sent none; `language` (what the site says) and `form` likewise.
    Column("permalink", StorableText),
    Column("language", StorableText),
    Column("form", Document),
    # `terms.Status`.
    Column("status", StorableText, nullable=False),
    # Whether `status` comes from a verdict.
    Column("settled_by_person", Boolean, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("simhash", BigInteger, nullable=False),
    # Null when the text is too short for near comparison, or once deleted.
    Column("sketch_a", BigInteger),
    Column("sketch_b", BigInteger),
    # The row of `decisions` that counts now; null once deleted.
    Column("decision_id", StorableText),
    # The newest row of `cases` about this comment; null when it never was in the queue.
    Column("case_id", StorableText),
    # 64 bits of a hash of the valid form token it came with; null without one, or once deleted.
    Column("form_token", BigInteger),
    # The API key that sent it; null when a command did.
    Column("key_id", StorableText),
    # Null when the caller sent none.
    Column("idempotency_key", StorableText),
    # Digest of the request that came with `idempotency_key`; null without one.
    Column("request_digest", StorableText),
    # Null while the comment exists; a deleted one keeps its row, emptied, as a tombstone.
    Column("deleted_at", Moment),
)
# Comments.author_history reads nothing but this index; Comments.by_author starts from it.
partial_index(
    "comments_by_author",
    comments.c.site,
    comments.c.author_key,
    comments.c.received_at,
    comments.c.status,
    comments.c.settled_by_person,
    comments.c.fingerprint,
    comments.c.simhash,
    only=comments.c.author_key.is_not(None),
)
# Comments.repeats, exact.
partial_index(
    "comments_by_fingerprint",
    comments.c.site,
    comments.c.fingerprint,
    comments.c.received_at,
    only=comments.c.deleted_at.is_(None),
)
# Comments.repeats, near: one index for each min-hash.
for _sketch in (comments.c.sketch_a, comments.c.sketch_b):
    partial_index(
        f"comments_by_{_sketch.name}",
        comments.c.site,
        _sketch,
        comments.c.received_at,
        only=_sketch.is_not(None),
    )
# Comments.approved_under.
partial_index(
    "comments_approved_by_article",
    comments.c.article_key,
    comments.c.received_at,
    comments.c.id,
    only=and_(comments.c.status == "approved", comments.c.deleted_at.is_(None)),
)
# Comments.add: one comment for one idempotency key.
partial_index(
    "comments_by_idempotency_key",
    comments.c.key_id,
    comments.c.idempotency_key,
    unique=True,
    only=comments.c.idempotency_key.is_not(None),
)
# Comments.token_uses.
partial_index(
    "comments_by_form_token",
    comments.c.form_token,
    only=comments.c.form_token.is_not(None),
)
# Comments.delete: the answers that quote a deleted comment.
partial_index(
    "comments_by_parent",
    comments.c.site,
    comments.c.parent_id,
    only=comments.c.parent_id.is_not(None),
)

# One row for each time the machine decided; rows are added, and go only with their comment,
# because reasons may quote it.
decisions = Table(
    "decisions",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("comment_id", StorableText, ForeignKey(comments.c.id), nullable=False),
    # `terms.Action`; `answer` is what the site was told.
    Column("action", StorableText, nullable=False),
    Column("answer", StorableText, nullable=False),
    Column("reasons", Document, nullable=False),
    Column("policy", StorableText, nullable=False),
    Column("model", StorableText, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("scores", Document, nullable=False),
    Column("signals", Document, nullable=False),
    Column("decided_at", Moment, nullable=False),
)
# Comments.delete.
Index("decisions_by_comment", decisions.c.comment_id)

cases = Table(
    "cases",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("comment_id", StorableText, ForeignKey(comments.c.id), nullable=False),
    # The comment's, repeated here so that one index serves the queue.
    Column("site", StorableText, nullable=False),
    # `terms.CaseKind`.
    Column("kind", StorableText, nullable=False),
    # Code of the largest reason; never comment text.
    Column("reason", StorableText, nullable=False),
    # 0..1.
    Column("priority", Double, nullable=False),
    Column("version", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    # Null while the case is open.
    Column("settled_at", Moment),
    # Null when nobody looks at it; `leased_until` likewise. An expired lease counts for nothing.
    Column("leased_by", StorableText),
    Column("leased_until", Moment),
)
_open = cases.c.settled_at.is_(None)
# Cases.queue and claim_next, by priority, of one site and of all.
partial_index(
    "cases_open_by_site_priority",
    cases.c.site,
    cases.c.priority.desc(),
    cases.c.opened_at,
    cases.c.id,
    only=_open,
)
partial_index(
    "cases_open_by_priority",
    cases.c.priority.desc(),
    cases.c.opened_at,
    cases.c.id,
    only=_open,
)
# Cases.queue by age, of one site and of all. `cases_by_age` will not do: a site has as many open
# cases as its moderators leave, and settled ones without end, which would be read to find them.
partial_index(
    "cases_open_by_site_age",
    cases.c.site,
    cases.c.opened_at,
    cases.c.id,
    only=_open,
)
partial_index(
    "cases_open_by_age",
    cases.c.opened_at,
    cases.c.id,
    only=_open,
)
# Cases.queue, its settled cases.
Index("cases_by_age", cases.c.site, cases.c.opened_at, cases.c.id)
# Cases.settle and Comments.delete; also: at most one open case for a comment.
partial_index(
    "cases_one_open_per_comment",
    cases.c.comment_id,
    unique=True,
    only=_open,
)

# Append-only. The note a moderator typed may quote the comment, so it has its own table.
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("comment_id", StorableText, ForeignKey(comments.c.id), nullable=False),
    # Null when the comment never was in the queue.
    Column("case_id", StorableText, ForeignKey(cases.c.id)),
    # ``reviewer:ID`` or ``key:ID``.
    Column("actor", StorableText, nullable=False),
    # `terms.VerdictAction` and a list of `terms.VerdictLabel`.
    Column("action", StorableText, nullable=False),
    Column("labels", Document, nullable=False),
    Column("decided_at", Moment, nullable=False),
)
# The verdicts of a stored comment.
Index("verdicts_by_comment", verdicts.c.comment_id)

verdict_notes = Table(
    "verdict_notes",
    metadata,
    Column("verdict_id", StorableText, ForeignKey(verdicts.c.id), primary_key=True),
    Column("note", StorableText, nullable=False),
)

# The training row of a comment: its newest verdict. A correction replaces it; it goes with the
# comment.
labels = Table(
    "labels",
    metadata,
    Column("comment_id", StorableText, ForeignKey(comments.c.id), primary_key=True),
    Column("verdict_id", StorableText, ForeignKey(verdicts.c.id), nullable=False),
    Column("site", StorableText, nullable=False),
    Column("action", StorableText, nullable=False),
    Column("labels", Document, nullable=False),
    # As detected, or "unknown".
    Column("language", StorableText, nullable=False),
    Column("decided_at", Moment, nullable=False),
)

# Append-only. What keys without the scope `moderate` say of comments: evidence, settling nothing.
reports = Table(
    "reports",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("comment_id", StorableText, ForeignKey(comments.c.id), nullable=False),
    # ``key:ID``.
    Column("actor", StorableText, nullable=False),
    # `terms.VerdictAction` and a list of `terms.VerdictLabel`.
    Column("action", StorableText, nullable=False),
    Column("labels", Document, nullable=False),
    Column("reported_at", Moment, nullable=False),
)
# The reports on a stored comment; Reports.labels walks along it.
Index("reports_by_comment", reports.c.comment_id, reports.c.id)

# What a client that knows only "spam or not" was told: one row for each comment of such a client.
replies = Table(
    "replies",
    metadata,
    Column("comment_id", StorableText, ForeignKey(comments.c.id), primary_key=True),
    # The comment's, repeated here so that one index serves the statistics.
    Column("site", StorableText, nullable=False),
    Column("key_id", StorableText, nullable=False),
    # Address of the site as the client gave it, in its comparable form (permalink.py); "" if none.
    Column("origin", StorableText, nullable=False),
    Column("replied_at", Moment, nullable=False),
    # `terms.VerdictAction`, ``reject`` for spam: what was told first, and what is known there now.
    Column("answer", StorableText, nullable=False),
    Column("known", StorableText, nullable=False),
    # What a person, or a report, says instead; null as long as nobody does.
    Column("corrected", StorableText),
    # Where the client wants to hear of a correction; null when it does not, or when it is too late.
    Column("callback_url", StorableText),
    # The secret the client asked with, by which it knows the correction for ours. It is kept no
    # longer than the address.
    Column("callback_key", StorableText),
    # When the correction is to be sent, or tried again; null when there is none to send.
    Column("due_at", Moment),
    # How often it was tried.
    Column("tries", Integer, nullable=False),
)
# Replies.tallies.
Index("replies_by_site", replies.c.site, replies.c.replied_at)
# Replies.due.
partial_index(
    "replies_due",
    replies.c.due_at,
    only=replies.c.due_at.is_not(None),
)
# Replies.forget_callbacks.
partial_index(
    "replies_with_callback",
    replies.c.replied_at,
    only=replies.c.callback_url.is_not(None),
)

# Append-only.
events = Table(
    "events",
    metadata,
    Column("id", BIG_SERIAL, primary_key=True),
    Column("at", Moment, nullable=False),
    # Dotted, noun first: ``comment.added``.
    Column("kind", StorableText, nullable=False),
    # ``reviewer:ID``, ``key:ID``, ``command:USER`` or ``system``.
    Column("actor", StorableText, nullable=False),
    # Id of what it happened to.
    Column("subject", StorableText, nullable=False),
    # Never comment text, names, addresses or secrets: it cannot be erased.
    Column("data", Document, nullable=False),
)
# Events.recent of one subject.
Index("events_by_subject", events.c.subject, events.c.id)
