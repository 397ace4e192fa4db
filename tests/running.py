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

__all__ = ["KEY", "Running", "running"]

KEY = "0123456789abcdef0123456789abcdef"
"""A key of every scope; so long that clients which count its letters take it."""

_ROOT = Path(__file__).parents[1]
_START_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers at `url`, which has no slash at its end."""

    url: str
    key: str


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[Running]:
    """
    Serve with one worker until the block ends.

    Args:
        settings: of the service, by their names in `Config`.
    """
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MODERATION_")}
    environment |= {
        "MODERATION_ADMIN_KEY": KEY,
        "MODERATION_MODELS_DIR": str(SHIPPED),
        "MODERATION_VAR_DIR": str(folder / "var"),
        "PYTHONPATH": str(_ROOT),
    }
    environment |= {f"MODERATION_{name.upper()}": str(value) for name, value in settings.items()}
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
