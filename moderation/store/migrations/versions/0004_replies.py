"""
What clients that know only "spam or not" were told, and where they want to hear of corrections.

Revision 0004 after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty: of comments that are there already nobody was told so little."""
    op.create_table(
        "replies",
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("corrected", sa.Text()),
        sa.Column("callback_url", sa.Text()),
        sa.Column("callback_key", sa.Text()),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_replies_comment_id")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_replies")),
    )
    op.create_index("replies_by_site", "replies", ["site", "replied_at"])
    for name, column, condition in (
        ("replies_due", "due_at", "due_at IS NOT NULL"),
        ("replies_with_callback", "replied_at", "callback_url IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "replies", [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop the replies: corrections that were not sent are lost, and so are the statistics."""
    op.drop_table("replies")
