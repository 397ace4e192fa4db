"""
The first schema: every table, its indexes, and the triggers that make two tables append-only.

Revision 0001 after nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = ("events", "verdicts")


def upgrade() -> None:
    """Make everything."""
    _make_tables()
    for table in _APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    """Remove everything, with all that is in it."""
    # A table takes its triggers along.
    for table in (
        "verdict_notes",
        "labels",
        "verdicts",
        "decisions",
        "cases",
        "sign_in_links",
        "comments",
        "secrets",
        "reviewers",
        "keys",
        "events",
        "articles",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _index(
    name: str,
    table: str,
    columns: Sequence[str | sa.ColumnElement[object]],
    *,
    unique: bool = False,
    where: str | None = None,
) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(
        name,
        table,
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _make_tables() -> None:
    op.create_table(
        "articles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
    )
    _index("articles_by_external_id", "articles", ["site", "external_id"], unique=True)
    _index("articles_by_link", "articles", ["site", "link"])
    _index(
        "articles_one_per_link",
        "articles",
        ["site", "link"],
        unique=True,
        where="external_id IS NULL",
    )
    _index(
        "articles_one_per_text",
        "articles",
        ["site", "digest"],
        unique=True,
        where="external_id IS NULL AND link IS NULL",
    )

    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    _index("events_by_subject", "events", ["subject", "id"])

    op.create_table(
        "keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
    )
    _index("keys_by_digest", "keys", ["digest"], unique=True, where="revoked_at IS NULL")

    op.create_table(
        "reviewers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewers")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_reviewers_folded_name")),
    )

    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )

    op.create_table(
        "comments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("article_key", sa.Text()),
        sa.Column("author_key", sa.Text()),
        sa.Column("author", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.Text()),
        sa.Column("parent_text", sa.Text()),
        sa.Column("permalink", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("form", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("settled_by_person", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("simhash", sa.BigInteger(), nullable=False),
        sa.Column("sketch_a", sa.BigInteger()),
        sa.Column("sketch_b", sa.BigInteger()),
        sa.Column("decision_id", sa.Text()),
        sa.Column("case_id", sa.Text()),
        sa.Column("key_id", sa.Text()),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("request_digest", sa.Text()),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["article_key"], ["articles.key"], name=op.f("fk_comments_article_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    _index(
        "comments_by_author",
        "comments",
        [
            "site",
            "author_key",
            "received_at",
            "status",
            "settled_by_person",
            "fingerprint",
            "simhash",
        ],
        where="author_key IS NOT NULL",
    )
    _index(
        "comments_by_fingerprint",
        "comments",
        ["site", "fingerprint", "received_at"],
        where="deleted_at IS NULL",
    )
    _index(
        "comments_by_idempotency_key",
        "comments",
        ["key_id", "idempotency_key"],
        unique=True,
        where="idempotency_key IS NOT NULL",
    )
    _index("comments_by_parent", "comments", ["site", "parent_id"], where="parent_id IS NOT NULL")
    _index(
        "comments_by_sketch_a",
        "comments",
        ["site", "sketch_a", "received_at"],
        where="sketch_a IS NOT NULL",
    )
    _index(
        "comments_by_sketch_b",
        "comments",
        ["site", "sketch_b", "received_at"],
        where="sketch_b IS NOT NULL",
    )

    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["reviewers.id"], name=op.f("fk_sign_in_links_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_links")),
    )

    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_cases_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    _index("cases_by_age", "cases", ["site", "opened_at", "id"])
    _index(
        "cases_one_open_per_comment",
        "cases",
        ["comment_id"],
        unique=True,
        where="settled_at IS NULL",
    )
    _index(
        "cases_open_by_priority",
        "cases",
        [sa.literal_column("priority DESC"), "opened_at", "id"],
        where="settled_at IS NULL",
    )
    _index(
        "cases_open_by_site_priority",
        "cases",
        ["site", sa.literal_column("priority DESC"), "opened_at", "id"],
        where="settled_at IS NULL",
    )

    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_decisions_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    _index("decisions_by_comment", "decisions", ["comment_id"])

    op.create_table(
        "verdicts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_verdicts_case_id")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_verdicts_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    _index("verdicts_by_comment", "verdicts", ["comment_id"])

    op.create_table(
        "labels",
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("verdict_id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_labels_comment_id")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_labels_verdict_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_labels")),
    )

    op.create_table(
        "verdict_notes",
        sa.Column("verdict_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_verdict_notes_verdict_id")
        ),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_verdict_notes")),
    )
