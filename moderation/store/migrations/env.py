"""
Runs migrations on the connection `schema.py` hands over, inside its transaction.

Reads no settings and opens no connection: there is no alembic.ini.
"""

from __future__ import annotations

from alembic import context

from moderation.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most things in place; Alembic then copies the table.
    render_as_batch=True,
    # Both databases can take back changes of the schema, so a failed migration leaves no trace.
    transactional_ddl=True,
)
context.run_migrations()
