"""
What all tables have in common: their collection, how constraints are named, and partial indexes.

Knows no table.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Index, MetaData

__all__ = ["metadata", "partial_index"]

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


def partial_index(
    name: str, *columns: ColumnElement[Any], only: ColumnElement[bool], unique: bool = False
) -> None:
    """Index the rows for which `only` holds, and no others, on both kinds of database."""
    Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)
