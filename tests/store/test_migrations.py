"""
Tests of the migrations and of refusing stores of another version, on both databases.

Mirrors `moderation/store/schema.py` and `moderation/store/migrations/`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from moderation.errors import SchemaVersionError, StoreError
from moderation.store import NewComment, Store, tables
from moderation.store.engine import Database
from moderation.store.schema import REVISIONS, migration_config
from moderation.terms import Article, Scope, VerdictAction, VerdictLabel
from tests.settling import settle


def test_every_migration_is_listed(database: Database) -> None:
    """`REVISIONS` names the migrations in their order, up to the newest."""
    with database.writing_engine.connect() as connection:
        script = ScriptDirectory.from_config(migration_config(connection))
        assert [each.revision for each in script.walk_revisions()] == list(reversed(REVISIONS))


@pytest.mark.filterwarnings("ignore:.*expression-based index.*:UserWarning")
def test_the_migrated_schema_is_the_one_the_code_uses(
    database: Database, empty_store_url: str
) -> None:
    """Alembic finds no difference between a migrated store and `tables.metadata`."""
    assert Store.upgrade(empty_store_url) == REVISIONS[-1]
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        inspector = inspect(connection)
        for table in tables.metadata.sorted_tables:
            # Alembic cannot compare every index on SQLite, but their names can be.
            found = {index["name"] for index in inspector.get_indexes(table.name)}
            found -= {each["name"] for each in inspector.get_unique_constraints(table.name)}
            expected = {index.name for index in table.indexes}
            if database.file is not None:
                statement = text(
                    "SELECT name FROM sqlite_master WHERE type = 'index'"
                    " AND tbl_name = :table AND sql IS NOT NULL"
                )
                found = set(connection.scalars(statement, {"table": table.name}))
            assert found == expected


def test_a_store_with_data_goes_down_and_up_again(
    database: Database,
    empty_store_url: str,
    new_comment: Callable[..., NewComment],
    now: datetime,
) -> None:
    """A full store upgrades to itself unharmed, and comes back empty after a full downgrade."""
    Store.upgrade(empty_store_url)
    with Store.open(empty_store_url) as store:
        stored = _fill(store, new_comment, now)
    Store.upgrade(empty_store_url)
    with Store.open(empty_store_url) as store:
        assert store.comments.get(stored).id == stored
    with database.writing_engine.begin() as connection:
        command.downgrade(migration_config(connection), "base")
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with pytest.raises(SchemaVersionError):
        Store.open(empty_store_url)
    Store.upgrade(empty_store_url)
    with Store.open(empty_store_url) as store:
        assert list(store.comments.all()) == []
        _fill(store, new_comment, now)


def _fill(store: Store, new_comment: Callable[..., NewComment], now: datetime) -> str:
    """Put a row into every table; give the comment's id."""
    article = store.articles.put("default", Article(id="a1", title="T"), "d", now)
    added, _ = store.comments.add(new_comment(held=0.5, article_key=article.key))
    settle(
        store,
        added.id,
        VerdictAction.REJECT,
        now,
        labels=(VerdictLabel.SPAM,),
        note="A note",
        version=1,
    )
    store.accounts.add_key(name="k", scopes=[Scope.SCORE], now=now)
    reviewer = store.accounts.add_reviewer("Ana", None, now=now)
    store.accounts.make_sign_in_link(reviewer.id, now=now)
    store.accounts.secret("session")
    return added.id


def test_a_missing_store_is_not_made_by_opening_it(tmp_path: Path) -> None:
    """Opening says how to make the store, and leaves no file behind."""
    path = tmp_path / "deep" / "down" / "new.sqlite"
    with pytest.raises(SchemaVersionError, match="python -m moderation db upgrade"):
        Store.open(f"sqlite:///{path}")
    assert not path.exists()
    Store.upgrade(f"sqlite:///{path}")
    Store.open(f"sqlite:///{path}").close()


def test_an_empty_database_is_refused(empty_store_url: str, database: Database) -> None:
    """A database without our tables needs the upgrade command, which the message names."""
    with database.writing_engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (a INTEGER)"))
    with pytest.raises(SchemaVersionError, match="python -m moderation db upgrade"):
        Store.open(empty_store_url)


def test_an_older_store_is_refused(empty_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of an earlier revision needs the upgrade command, which the message names."""
    Store.upgrade(empty_store_url)
    monkeypatch.setattr("moderation.store.schema.REVISIONS", (*REVISIONS, "9999"))
    with pytest.raises(SchemaVersionError, match="python -m moderation db upgrade"):
        Store.open(empty_store_url)


def test_a_newer_store_is_refused(empty_store_url: str, database: Database) -> None:
    """A store this program is too old for is neither opened nor touched."""
    Store.upgrade(empty_store_url)
    with database.writing_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaVersionError, match="older than the store"):
        Store.open(empty_store_url)
    with pytest.raises(SchemaVersionError, match="older than the store"):
        Store.upgrade(empty_store_url)


def test_two_upgrades_at_once_make_one_schema(empty_store_url: str) -> None:
    """Workers that all upgrade at their start do not disturb each other."""
    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(Store.upgrade, [empty_store_url] * 3)) == {REVISIONS[-1]}
    Store.open(empty_store_url).close()


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    """Another file is neither opened nor overwritten."""
    path = tmp_path / "letter.sqlite"
    path.write_bytes(b"Dear reader, " * 1000)
    for attempt in (Store.open, Store.upgrade):
        with pytest.raises(StoreError):
            attempt(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"Dear reader")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """When the store's folder cannot be made, the error names the setting."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        Store.upgrade(f"sqlite:///{tmp_path / 'file' / 'store.sqlite'}")
    assert caught.value.field == "database_url"
