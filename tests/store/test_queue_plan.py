"""
What a page of the queue reads, with many settled cases and few open ones, on both databases.

Asks the database for the plan of the very statement that `Cases.queue` sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, text

from moderation.store import Store, tables
from moderation.store.engine import Database, parse_url

SETTLED = 2000
OPEN = 5


@pytest.fixture
def behind(store_url: str, now: datetime) -> Iterator[Database]:
    """Give a way behind the store, into which it puts many settled cases and a few open ones."""
    comments, cases = [], []
    for n in range(SETTLED + OPEN):
        at, is_open = now + timedelta(minutes=n), n >= SETTLED
        common = {"id": f"{n:032x}", "site": "default"}
        comments.append(
            {
                **common,
                "text": "x",
                "received_at": at,
                "status": "held" if is_open else "approved",
                "settled_by_person": not is_open,
                "fingerprint": n,
                "simhash": n,
                "case_id": common["id"],
            }
        )
        cases.append(
            {
                **common,
                "comment_id": common["id"],
                "kind": "held",
                "reason": "SPAM",
                "priority": 0.5,
                "version": 1,
                "opened_at": at,
                "settled_at": None if is_open else at,
            }
        )
    opened = Database(parse_url(store_url))
    with opened.writing_engine.begin() as connection:
        connection.execute(insert(tables.comments), comments)
        connection.execute(insert(tables.cases), cases)
        if opened.file is None:
            # SQLite goes by no statistics, as in an installation; PostgreSQL makes its own.
            connection.execute(text("ANALYZE"))
    yield opened
    opened.close()


@pytest.mark.parametrize("order", ["priority", "oldest", "newest"])
@pytest.mark.parametrize("site", ["default", None])
def test_a_page_of_open_cases_reads_no_settled_ones(
    store: Store, behind: Database, site: str | None, order: str
) -> None:
    """However many were settled, what waits is found by an index of open cases."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "FROM cases JOIN comments" in statement:
            sent.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        store.cases.queue(site=site, order=order)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    (page,) = sent
    with behind.reading() as connection:
        read = _rows_read if behind.file is None else _steps
        assert read(connection, *page) <= 2 * OPEN


def _steps(connection: Connection, statement: str, values: Any) -> int:
    """Count the cases that the index of SQLite's plan has."""
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    (index,) = [
        words[words.index("INDEX") + 1]
        for words in (row.detail.split() for row in plan)
        if words[1] == "cases"
    ]
    open_only = connection.scalar(
        text("SELECT sql LIKE '%WHERE settled_at IS NULL' FROM sqlite_master WHERE name = :index"),
        {"index": index},
    )
    assert plan[0].detail.split()[1] == "cases", "Comments are read first, whatever became of them."
    return OPEN if open_only else SETTLED + OPEN


def _rows_read(connection: Connection, statement: str, values: Any) -> int:
    """Count what PostgreSQL read of cases and comments together, those left out included."""
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    (plan,) = connection.exec_driver_sql(explained, values).scalar_one()

    def count(node: dict[str, Any]) -> int:
        below = sum(map(count, node.get("Plans", ())))
        if "Relation Name" not in node:
            return below
        looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        return below + int(looked_at * node["Actual Loops"])

    return count(plan["Plan"])
