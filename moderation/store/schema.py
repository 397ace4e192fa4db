"""
The store's schema version: brought up to date, and checked before a store is used.

Runs the migrations in `migrations/`; reads and writes no table of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from moderation.errors import SchemaVersionError, StoreError
from moderation.store.engine import Database, shown
from moderation.store.writer import translated

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["REVISIONS", "check", "migration_config", "upgrade"]

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""Every revision of the schema, newest last; a migration adds its own here."""

_COMMAND = "python -m moderation db upgrade"
_POSTGRES_LOCK = 0x6D6F6465726174
"""Any number, as long as every version of this product takes the same lock."""


def check(database: Database) -> None:
    """
    Refuse a store whose schema is not the one this program was written for.

    Raises:
        SchemaVersionError: there is none yet, or it is older or newer; the message says what to do.
        StoreError: the store did not answer.
    """
    file = database.file
    # Looking into a missing file would create it.
    current = None
    if file is None or file.exists():
        with database.reading() as connection:
            current = _revision(connection)
    if current == REVISIONS[-1]:
        return
    if current is None:
        raise SchemaVersionError(f"There is no store at {shown(database.url)} yet: run {_COMMAND}")
    if current in REVISIONS:
        raise SchemaVersionError(
            f"The store has schema {current}, this program needs {REVISIONS[-1]}: run {_COMMAND}",
            found=current,
        )
    raise _unknown(current)


def upgrade(database: Database) -> str:
    """
    Bring a store to the newest schema, creating file and tables; all or nothing.

    Two processes may try at once: the second waits and finds nothing to do.

    Returns:
        The revision it has now.

    Raises:
        SchemaVersionError: the store is newer than this program.
        StoreError: the store did not answer, or its file cannot be made.
    """
    # Imported here because serving needs no Alembic.
    from alembic import command

    file = database.file
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make {file.parent}", field="database_url") from error
    with translated(database.engine.dialect), database.writing_engine.begin() as connection:
        if file is None:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _POSTGRES_LOCK})
        current = _revision(connection)
        if current is not None and current not in REVISIONS:
            raise _unknown(current)
        command.upgrade(migration_config(connection), "head")
    return REVISIONS[-1]


def migration_config(connection: Connection) -> Config:
    """Give what Alembic's commands need to run our migrations on this connection."""
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _unknown(revision: str) -> SchemaVersionError:
    return SchemaVersionError(
        f"The store has schema {revision}, which this program does not know: it is older than the"
        " store, install the version that made it",
        found=revision,
    )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
