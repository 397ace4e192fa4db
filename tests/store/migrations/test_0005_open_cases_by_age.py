"""The indexes by age come to a store with cases in it, and go again."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from sqlalchemy import inspect

from moderation.store import NewComment, Store
from moderation.store.engine import Database
from moderation.store.schema import migration_config, upgrade

_INDEXES = {"cases_open_by_age", "cases_open_by_site_age"}


def test_cases_survive_up_and_down(
    database: Database, empty_store_url: str, new_comment: Callable[..., NewComment]
) -> None:
    """The queue is the same with the indexes, without them and with them again."""

    def indexes() -> set[str | None]:
        with database.reading() as connection:
            return {index["name"] for index in inspect(connection).get_indexes("cases")}

    upgrade(database)
    with Store.open(empty_store_url) as store:
        case = store.comments.add(new_comment(held=0.5))[0].case
    assert indexes() >= _INDEXES
    with database.writing_engine.begin() as connection:
        command.downgrade(migration_config(connection), "0004")
    assert not indexes() & _INDEXES
    upgrade(database)
    assert indexes() >= _INDEXES
    with Store.open(empty_store_url) as store:
        (entry,) = store.cases.queue(site="default", order="oldest")[0]
    assert entry.case == case
