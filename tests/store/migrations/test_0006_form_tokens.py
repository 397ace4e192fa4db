"""The marks of form tokens come to a store with comments in it, and go again."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from sqlalchemy import inspect

from moderation.store import NewComment, Store
from moderation.store.engine import Database
from moderation.store.schema import migration_config, upgrade
from moderation.terms import Form

_FORM = Form(token="a.b", seconds=60, token_valid=True)


def test_comments_survive_up_and_down(
    database: Database, empty_store_url: str, new_comment: Callable[..., NewComment]
) -> None:
    """Going back forgets which tokens were used, and nothing of the comments."""
    upgrade(database)
    with Store.open(empty_store_url) as store:
        added, _ = store.comments.add(new_comment(form=_FORM))
        assert store.comments.token_uses(_FORM) == 1
    with database.writing_engine.begin() as connection:
        command.downgrade(migration_config(connection), "0005")
    with database.reading() as connection:
        names = {column["name"] for column in inspect(connection).get_columns("comments")}
    assert "form_token" not in names
    upgrade(database)
    with Store.open(empty_store_url) as store:
        assert store.comments.get(added.id) == added
        assert store.comments.token_uses(_FORM) == 0
