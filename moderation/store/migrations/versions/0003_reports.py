"""
Reports from outside on comments: what keys without the scope `moderate` say of them.

Revision 0003 after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, which only grows."""
    op.create_table(
        "reports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_reports_comment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("reports_by_comment", "reports", ["comment_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        # The function was made by the first migration.
        op.execute(
            "CREATE TRIGGER reports_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reports"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER reports_no_{change.lower()} BEFORE {change} ON reports"
            " BEGIN SELECT RAISE(ABORT, 'reports is append-only'); END"
        )


def downgrade() -> None:
    """Drop the reports; verdicts, and what they taught, stay."""
    op.drop_table("reports")
