"""
Structured logs: one JSON object a line on standard error, for requests and for everything else.

Writes what it is given by name; never a comment's text, an e-mail address or an IP address, and of
an error only its kind and place, because messages of errors quote what they stumbled over.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import structlog
from flask import g

from moderation.errors import describe

__all__ = ["configure_logs", "log", "log_failure"]

log: structlog.typing.FilteringBoundLogger = structlog.get_logger("moderation")
"""The logger of the service; its events are short constant phrases, its data are named values."""

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def log_failure(event: str, error: Exception) -> None:
    """Log what a request ended with: kind and place of the error and the kind of its cause."""
    cause = error.__cause__
    log.error(
        event,
        request_id=g.get("request_id"),
        cause=type(cause).__name__ if cause else None,
        **describe(error),
    )


class JsonFormatter(logging.Formatter):
    """Renders records of the standard library's loggers in the same shape."""

    def format(self, record: logging.LogRecord) -> str:
        """Give one JSON object without a line break."""
        line: dict[str, Any] = {
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        line.update((k, v) for k, v in record.__dict__.items() if k not in _STANDARD)
        if record.exc_info and record.exc_info[1] is not None:
            line.update(describe(record.exc_info[1]))
        return _dump(line).decode()


def configure_logs(level: str, out: BinaryIO | None = None) -> None:
    """
    Send everything that is logged in this process to standard error as JSON lines.

    Args:
        level: DEBUG, INFO, WARNING or ERROR, any case.
        out: another binary stream instead.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    stream = out or sys.stderr.buffer
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_dump),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(file=stream),
    )
    handler = _StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries below a warning say what a request log says better, and could quote its data.
    root.setLevel(max(number, logging.WARNING))
    logging.getLogger("moderation").setLevel(number)


class _StreamHandler(logging.Handler):
    """Writes to a binary stream, so that both kinds of log share one."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._stream.write(self.format(record).encode() + b"\n")
            self._stream.flush()
        except Exception:
            self.handleError(record)


def _dump(line: dict[str, Any], **_: object) -> bytes:
    return orjson.dumps(line, default=str)
