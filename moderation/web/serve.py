"""
Runs the service: prepares the installation, starts the worker processes, says when they answer.

Starts and stops processes; every request is `app`'s.
"""

from __future__ import annotations

import errno
import http.client
import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from moderation.config import Config
from moderation.errors import ConfigError
from moderation.web.first_start import clear_metrics, prepare, welcome

__all__ = ["serve"]

_START_SECONDS = 60
_STOP_SECONDS = 15
# A worker that does not finish its requests by then is killed; what it acknowledged is stored.


def serve(config: Config, *, say: Callable[[str], None] = print) -> None:
    """
    Serve until SIGTERM or SIGINT.

    Args:
        say: takes what to tell the person who started it, once the service answers.

    Raises:
        ConfigError: the port is taken, or a setting is wrong.
        StoreError, ModelError, PolicyError: the installation cannot be used; nothing was started.
    """
    port = _free_port(config)
    prepared = prepare(config, datetime.now(UTC))
    metrics = config.var_dir.absolute() / "metrics"
    clear_metrics(metrics)
    # Workers read their settings themselves; this hands them the ones in force here.
    os.environ.update(_environment(config))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    # Workers are the parallelism: a score's small products are no faster on more threads, and on a
    # busy machine many times slower.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A forked worker would share this process's database connections and numerical threads.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "moderation.web.wsgi:build",
        factory=True,
        interface=Interfaces.WSGI,
        address=config.host,
        port=port,
        workers=config.workers,
        blocking_threads=config.threads,
        http=HTTPModes.http1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGS,
    )
    text = welcome(config, prepared, port)
    threading.Thread(
        target=_say_when_ready, args=(config.host, port, text, say), name="welcome", daemon=True
    ).start()
    server.serve()


_LOGS: dict[str, object] = {
    "formatters": {"json": {"()": "moderation.web.logs.JsonFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


def _free_port(config: Config) -> int:
    """
    Give the port to listen on, having made sure that it can be.

    Raises:
        ConfigError: it cannot; `field` is ``port`` or ``host``.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as trial:
        # As the server will: a port whose last connections still linger is free.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((config.host, config.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ConfigError(
                    f"{config.host}:{config.port} is in use already; choose another port with"
                    " --port or MODERATION_PORT",
                    field="port",
                ) from error
            raise ConfigError(
                f"cannot listen on {config.host}:{config.port}: {error.strerror or error}",
                field="host",
            ) from error
        port: int = trial.getsockname()[1]
        return port


def _environment(config: Config) -> dict[str, str]:
    """Give the settings as variables; one that is None is left to its default, which is None."""
    values = ((field.name, getattr(config, field.name)) for field in fields(config))
    return {f"MODERATION_{name.upper()}": str(v) for name, v in values if v is not None}


def _say_when_ready(host: str, port: int, text: str, say: Callable[[str], None]) -> None:
    pause = threading.Event()
    for _ in range(_START_SECONDS * 10):
        try:
            connection = http.client.HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                say(text)
                sys.stdout.flush()
                return
        except (OSError, http.client.HTTPException):
            pass  # Not listening yet; the workers are still loading the model.
        finally:
            connection.close()
        pause.wait(0.1)
