"""
Comments remember the form token they came with, as a mark by which a second use is noticed.

Revision 0006 after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark, unknown of the comments that are there: their tokens have no number to tell."""
    op.add_column("comments", sa.Column("form_token", sa.BigInteger()))
    known = sa.text("form_token IS NOT NULL")
    op.create_index(
        "comments_by_form_token",
        "comments",
        ["form_token"],
        sqlite_where=known,
        postgresql_where=known,
    )


def downgrade() -> None:
    """Drop the marks: tokens may be used again and again."""
    op.drop_index("comments_by_form_token", "comments")
    op.drop_column("comments", "form_token")
