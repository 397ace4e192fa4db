"""
The application factory: settings, rooms, adapters, errors, and what happens around every request.

Registers what the other modules of this room define; holds no view and no policy.
"""

from __future__ import annotations

import os
import re
from time import perf_counter

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation.config import Config
from moderation.errors import ModerationError
from moderation.web import (
    akismet,
    articles,
    casework,
    coral,
    docs,
    health,
    management,
    native,
    openai,
    perspective,
    problems,
    review,
)
from moderation.web.auth import KeyRing
from moderation.web.coral_sites import read_coral_sites
from moderation.web.form_tokens import FormTokens
from moderation.web.limits import Limits
from moderation.web.logs import log, log_failure
from moderation.web.metrics import count_request
from moderation.web.rooms import Rooms, open_rooms
from moderation.web.stories import Stories

__all__ = ["create_app"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def create_app(config: Config, *, rooms: Rooms | None = None) -> Flask:
    """
    Build the service.

    Args:
        config: every setting.
        rooms: opened from `config` when not given.

    Raises:
        StoreError, ModelError, PolicyError, ConfigError: a room cannot be opened.
    """
    rooms = rooms or open_rooms(config)
    app = Flask("moderation.web")
    app.config["SECRET_KEY"] = rooms.store.accounts.secret("session")
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    # An article's id may hold two slashes in a row; the address must not be rewritten then.
    app.url_map.merge_slashes = False
    app.extensions["moderation"] = rooms
    app.extensions["moderation.keys"] = KeyRing(rooms.store)
    app.extensions["moderation.limits"] = Limits(config.var_dir / "limits")
    app.extensions["moderation.form_tokens"] = FormTokens(rooms.store.accounts.secret("form-token"))
    app.extensions["moderation.coral"] = read_coral_sites(config.coral)
    app.extensions["moderation.stories"] = Stories(rooms.desk, rooms.now, config.trusted_hosts)
    own = (native, articles, casework, management, health, docs, review)
    for adapter in (*own, akismet, perspective, openai, coral):
        app.register_blueprint(adapter.bp)
    if config.trusted_proxies:
        # Each proxy adds its own word to the headers; words of others before it are not trusted.
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.before_request(_begin)
    app.after_request(_end)
    # The one place where errors become answers; an adapter with a dialect of its own registers
    # its own handlers on its blueprint, and those come first.
    app.register_error_handler(ModerationError, _refused)
    app.register_error_handler(HTTPException, problems.from_http)
    app.register_error_handler(Exception, _broken)
    return app


def _begin() -> None:
    g.started = perf_counter()
    told = request.headers.get("X-Request-Id")
    g.request_id = told if told and _REQUEST_ID.fullmatch(told) else os.urandom(8).hex()


def _end(response: Response) -> Response:
    seconds = perf_counter() - g.started
    rule = request.url_rule
    # The pattern, never the address: an address can hold a sign-in token or what a person wrote.
    route = rule.rule if rule is not None else "unmatched"
    response.headers["X-Request-Id"] = g.request_id
    key = g.get("key")
    if (usage := g.get("usage")) is not None:
        response.headers["RateLimit-Limit"] = str(usage.limit)
        response.headers["RateLimit-Remaining"] = str(usage.remaining)
        response.headers["RateLimit-Reset"] = str(usage.resets_in_seconds)
    status = response.status_code
    count_request(request.method if rule is not None else "ANY", route, status, seconds)
    log.info(
        "request",
        request_id=g.request_id,
        method=request.method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 2),
        key=key.id if key is not None else None,
    )
    return response


def _refused(error: ModerationError) -> Response:
    if problems.status_of(error) >= 500:
        log_failure("request failed", error)
    return problems.from_error(error)


def _broken(error: Exception) -> Response:
    log_failure("request broke", error)
    return problems.problem(500, "Something went wrong here; it has been logged.")
