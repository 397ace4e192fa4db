"""
Whether the service is alive, ready, and how it does: for supervisors and Prometheus.

Open to everyone who reaches the address; shows versions and numbers, never contents.
"""

from __future__ import annotations

from flask import Blueprint, Response

from moderation.errors import StoreError
from moderation.web import answer_schemas as shapes
from moderation.web.endpoint import open_endpoint, reply
from moderation.web.metrics import CONTENT_TYPE, render
from moderation.web.rooms import rooms

__all__ = ["bp"]

bp = Blueprint("health", __name__)


@open_endpoint(bp, "/healthz", answers={200: shapes.AliveAnswer})
def alive() -> Response:
    """Say that the process is there."""
    return reply({"status": "ok"})


@open_endpoint(bp, "/readyz", answers={200: shapes.ReadyAnswer, 503: shapes.ReadyAnswer})
def ready() -> Response:
    """
    Say part by part whether comments can be taken; 503 when a part is not ready.

    A refused newer model does not make the service unready, since the old one serves on.
    """
    here = rooms()
    store: dict[str, object] = {"ready": True}
    try:
        here.store.ping()
    except StoreError:
        store = {"ready": False, "problem": "The store did not answer."}
    parts = {
        "store": store,
        "model": {
            "ready": True,
            "version": here.live.model.version,
            "refused": here.live.refused,
        },
        "policy": {"ready": True, "version": here.policies.version},
    }
    well = all(part["ready"] for part in parts.values())
    return reply({"status": "ready" if well else "not ready", "parts": parts}, 200 if well else 503)


@open_endpoint(bp, "/metrics", answers={200: str})
def metrics() -> Response:
    """Give all metrics in the text format of Prometheus."""
    return Response(render(rooms()), content_type=CONTENT_TYPE)
