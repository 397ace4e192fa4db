"""
A process that adds held comments from four threads and prints each id once it was acknowledged.

Run by `test_writer.py` as ``adder.py URL COUNT [fork]``; with ``fork`` two processes share a store.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from datetime import UTC, datetime

from moderation.store import NewComment, Store
from moderation.terms import HEADS, Action, Comment, Decision, Scores


def make(now: datetime) -> NewComment:
    """Make a comment that opens a case."""
    return NewComment(
        comment=Comment(text="I want the jungle", received_at=now),
        article_key=None,
        author_key="a",
        fingerprint=1,
        simhash=1,
        sketch=(1, 2),
        scores=Scores(values=dict.fromkeys(HEADS, 0.5)),
        signals=(),
        decision=Decision(Action.HOLD, Action.HOLD, (), policy="p", model="m"),
        case_reason="OFF_TOPIC",
        case_priority=0.5,
    )


def add(store: Store, count: int) -> None:
    """Add comments one after the other from each of four threads."""

    def run() -> None:
        for _ in range(count):
            stored, _created = store.comments.add(make(datetime.now(UTC)))
            os.write(1, f"{stored.id}\n".encode())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Do what the arguments say."""
    url, count, *fork = sys.argv[1:]
    store = Store.open(url)
    if fork:
        # The writer's thread and connections exist before the fork.
        store.articles.find("default", id="a")
        store.accounts.secret("session")
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
        add(store, int(count))
        if child == 0:
            store.close()
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            raise SystemExit("The child failed.")
    else:
        add(store, int(count))
    store.close()


if __name__ == "__main__":
    main()
