"""
Reviewers count how often all their sessions ended; nobody who is signed in is signed out by this.

Revision 0002 after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count, 0 for everybody."""
    count = sa.Column("session_version", sa.Integer(), nullable=False, server_default="0")
    op.add_column("reviewers", count)


def downgrade() -> None:
    """Drop the count: sessions that were ended, and have not expired, are good again."""
    op.drop_column("reviewers", "session_version")
