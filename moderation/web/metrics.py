"""
What the service counts, for Prometheus, over all worker processes.

Counts and renders; `PROMETHEUS_MULTIPROC_DIR` must be set before this module is first imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from moderation.errors import StoreError
from moderation.terms import Action
from moderation.web.rooms import Rooms

__all__ = ["CONTENT_TYPE", "count_checks", "count_request", "render"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_OWN = CollectorRegistry()
_REQUESTS = Counter(
    "moderation_requests", "Requests answered.", ["method", "route", "status"], registry=_OWN
)
_SECONDS = Histogram(
    "moderation_request_seconds",
    "Seconds from reading a request to having its answer.",
    ["route"],
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
    registry=_OWN,
)
_DECISIONS = Counter("moderation_decisions", "Decisions made.", ["action"], registry=_OWN)
_FAILURES = Counter(
    "moderation_check_failures",
    "Parts of a check that broke and abstained.",
    ["part"],
    registry=_OWN,
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the pattern of the address, never the address."""
    _REQUESTS.labels(method, route, status).inc()
    _SECONDS.labels(route).observe(seconds)


def count_checks(checks: Iterable[tuple[Action, tuple[str, ...]]]) -> None:
    """Count decisions and, for each, the parts that had failed."""
    for action, failed in checks:
        _DECISIONS.labels(action.value).inc()
        for part in failed:
            _FAILURES.labels(part).inc()


def render(rooms: Rooms) -> bytes:
    """Give everything in the text format of Prometheus."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    else:
        counted = _OWN
    state = CollectorRegistry()
    state.register(_State(rooms))
    return generate_latest(counted) + generate_latest(state)


class _State(Collector):
    """What is looked up when asked for instead of being counted."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def collect(self) -> Iterator[Metric]:
        rooms = self._rooms
        queue = GaugeMetricFamily("moderation_queue_length", "Cases waiting for a moderator.")
        try:
            queue.add_metric([], rooms.store.cases.count(site=None))
        except StoreError:
            pass  # No value is the honest one; /readyz says that the store is away.
        yield queue
        model = GaugeMetricFamily(
            "moderation_model_info", "The model in use in the worker asked.", labels=["version"]
        )
        model.add_metric([rooms.live.model.version], 1)
        yield model
        refused = GaugeMetricFamily(
            "moderation_model_refused", "1 while a newer model is refused and the old one stays."
        )
        refused.add_metric([], 1 if rooms.live.refused else 0)
        yield refused
