"""
The first approved comments under an article are found by one short read.

Revision 0007 after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = "comments_approved_by_article"


def upgrade() -> None:
    """Make the index; a store with a million comments takes some seconds."""
    approved = sa.text("status = 'approved' AND deleted_at IS NULL")
    columns = ["article_key", "received_at", "id"]
    op.create_index(_NAME, "comments", columns, sqlite_where=approved, postgresql_where=approved)


def downgrade() -> None:
    """Drop the index: a comment under an article known by its title alone costs more, no less."""
    op.drop_index(_NAME, "comments")
