"""The index of approved comments comes to a store with comments in it, and goes again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alembic import command
from sqlalchemy import inspect

from moderation.store import NewComment, Store
from moderation.store.engine import Database
from moderation.store.schema import migration_config, upgrade
from moderation.terms import Article

_INDEX = "comments_approved_by_article"


def test_comments_survive_up_and_down(
    database: Database,
    empty_store_url: str,
    new_comment: Callable[..., NewComment],
    now: datetime,
) -> None:
    """What was approved under an article is found with the index, without it and with it again."""

    def indexes() -> set[str | None]:
        with database.reading() as connection:
            return {index["name"] for index in inspect(connection).get_indexes("comments")}

    upgrade(database)
    with Store.open(empty_store_url) as store:
        key = store.articles.put("default", Article(id="7", title="Bridge"), "digest", now).key
        store.comments.add(new_comment(text="I crossed it", article_key=key))
        assert _INDEX in indexes()
        with database.writing_engine.begin() as connection:
            command.downgrade(migration_config(connection), "0006")
        assert _INDEX not in indexes()
        assert store.comments.approved_under(key) == ["I crossed it"]
    upgrade(database)
    assert _INDEX in indexes()
    with Store.open(empty_store_url) as store:
        assert store.comments.approved_under(key) == ["I crossed it"]
