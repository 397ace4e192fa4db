"""
The whole service in a process of its own, as people start it, for clients that speak over sockets.

Serves the shipped model with a new store in the folder given; ends what it started.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bundles import SHIPPED

__all__ = ["KEY", "Running", "free_port", "running", "service_environment"]

KEY = "0123456789abcdef0123456789abcdef"
"""A key of every scope; so long that clients which count its letters take it."""

_ROOT = Path(__file__).parents[1]
_START_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers at `url`, which has no slash at its end."""

    url: str
    key: str


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


def service_environment(folder: Path, **settings: object) -> dict[str, str]:
    """
    Give the variables of a service of this tree: the shipped model, and a store in `folder`.

    Args:
        settings: by their names in `Config`; none is taken from the environment of the tests.
    """
    kept = {name: v for name, v in os.environ.items() if not name.startswith("MODERATION_")}
    settings = {
        "admin_key": KEY,
        "models_dir": SHIPPED,
        "var_dir": folder / "var",
        **settings,
    }
    ours = {f"MODERATION_{name.upper()}": str(value) for name, value in settings.items()}
    return {**kept, **ours, "PYTHONPATH": str(_ROOT)}


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[Running]:
    """
    Serve with one worker until the block ends.

    Args:
        settings: of the service, by their names in `Config`.
    """
    port, environment = free_port(), service_environment(folder, **settings)
    command = ["-m", "moderation", "serve", "--port", str(port), "--workers", "1"]
    log = folder / "log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=folder, env=environment, stdout=out, stderr=out
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(process, url, log)
            yield Running(url, KEY)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=20).close()
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
