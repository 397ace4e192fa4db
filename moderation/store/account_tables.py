"""
The tables of who may do what: keys, reviewers, and what signs them in.

Says what is kept, never how it is read or written; see `tables.py`, which has the others.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table

from moderation.store.columns import Document, Moment, StorableText
from moderation.store.metadata import metadata, partial_index

__all__ = ["keys", "reviewers", "secrets", "sign_in_links"]

keys = Table(
    "keys",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("name", StorableText, nullable=False),
    # SHA-256 of the secret, hex.
    Column("digest", StorableText, nullable=False),
    # List of `terms.Scope`.
    Column("scopes", Document, nullable=False),
    Column("site", StorableText, nullable=False),
    # 0 is without limit.
    Column("per_minute", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    # Null while the key is good.
    Column("revoked_at", Moment),
)
# Accounts.key_by_secret; also: one good key for a secret, which a revoked one leaves free again.
partial_index(
    "keys_by_digest",
    keys.c.digest,
    unique=True,
    only=keys.c.revoked_at.is_(None),
)

reviewers = Table(
    "reviewers",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("name", StorableText, nullable=False),
    # `name` case-folded: "Ana" and "ana" are one person.
    Column("folded_name", StorableText, nullable=False, unique=True),
    # Argon2id; null for a reviewer who signs in by link only.
    Column("password_hash", StorableText),
    Column("created_at", Moment, nullable=False),
    # Raised whenever all sessions of the reviewer end; a session is good under the one it began
    # with. A count and not a time, because clocks of two machines differ, and two sessions may
    # begin in the same tick of one.
    Column("session_version", Integer, nullable=False, server_default="0"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    # SHA-256 of the token, hex.
    Column("digest", StorableText, primary_key=True),
    Column("reviewer_id", StorableText, ForeignKey(reviewers.c.id), nullable=False),
    Column("expires_at", Moment, nullable=False),
    # Null until the link was used; after that it is worth nothing.
    Column("used_at", Moment),
)

# Random values all processes share, such as the key that signs sessions.
secrets = Table(
    "secrets",
    metadata,
    Column("name", StorableText, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
