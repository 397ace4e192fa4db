"""
What a server's worker process calls to get the application: `moderation.web.wsgi:build`.

Reads the settings of the process and prepares it; everything else is `create_app`'s.
"""

from __future__ import annotations

import atexit
import os
import sys

from flask import Flask

from moderation.config import read_config
from moderation.terms import Article, Author, Comment
from moderation.web.akismet import callback_body
from moderation.web.app import create_app
from moderation.web.callbacks import Callbacks
from moderation.web.logs import configure_logs
from moderation.web.rooms import Rooms

__all__ = ["build"]


def build() -> Flask:
    """Build the application of one worker and let it follow ``models/current``."""
    # A thread that comes back from the database waits this long for one that computes. Against the
    # interpreter's own 5 ms, eight threads scored half as many again, with a third of the delay at
    # the 99th percentile.
    sys.setswitchinterval(0.0005)
    config = read_config()
    configure_logs(config.log_level)
    app = create_app(config)
    rooms: Rooms = app.extensions["moderation"]
    _warm_up(rooms)
    rooms.live.start()
    rooms.budgets.start()
    callbacks = Callbacks(
        rooms.store, body_of=callback_body, now=rooms.now, trusted=config.trusted_hosts
    )
    callbacks.start()
    atexit.register(_leave, rooms, callbacks)
    return app


_FIRST_TEXTS = ("Call me on +49 30 901820 or at https://example.com", "این خبر درست نیست")
# They reach what is loaded late: the language model, the public suffixes, the phone numbers.


def _warm_up(rooms: Rooms) -> None:
    """Check a few comments, so that no reader waits for what loads or compiles at its first use."""
    article = Article(title="The tram is late", body="The council has put off the tram line again.")
    for text in _FIRST_TEXTS:
        rooms.desk.check(Comment(text, rooms.now(), Author(id="nobody"), article))


def _leave(rooms: Rooms, callbacks: Callbacks) -> None:
    """Finish the writes under way and end the process, once its server has stopped."""
    rooms.live.stop()
    rooms.budgets.stop()
    callbacks.stop()
    rooms.store.close()
    sys.stderr.flush()
    # The server's idle native threads outlive it; when the interpreter then takes itself apart
    # under them, they now and then abort with a trace of their own. Nothing is left to do, so the
    # process ends here.
    os._exit(0)
