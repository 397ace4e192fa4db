"""
Open cases are found by age without reading settled ones, of one site and of all.

Revision 0005 after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEXES = {
    "cases_open_by_site_age": ["site", "opened_at", "id"],
    "cases_open_by_age": ["opened_at", "id"],
}


def upgrade() -> None:
    """Make the indexes; a store with a million cases takes a second."""
    is_open = sa.text("settled_at IS NULL")
    for name, columns in _INDEXES.items():
        op.create_index(name, "cases", columns, sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    """Drop the indexes: the queue by age is slow again, and the same."""
    for name in _INDEXES:
        op.drop_index(name, "cases")
