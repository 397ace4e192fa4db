"""
A service of its own to measure: started, loaded, looked at, stopped.

Loads with wrk when it is installed, else with a plain Python client, which needs much of the
machine itself and so shows less than the service can do; the result says which it was.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from texts import WORDS, comment_text

__all__ = ["CORAL_SECRET", "KEY", "Load", "Service", "load", "memory", "serving"]

KEY = "bench0000bench0000bench0000"
CORAL_SECRET = "a secret for measuring only"
_START_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Load:
    """What one round of load found."""

    tool: str
    per_second: float
    p50_ms: float
    p99_ms: float
    answered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of one process: resident; its own alone; with its part of what is shared."""

    rss: float
    private: float
    pss: float


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def put_article(self, article: dict[str, str]) -> None:
        """Make the article known, and analysed in every worker by and by."""
        body = {name: text for name, text in article.items() if name != "id"}
        request = urllib.request.Request(
            f"{self.url}/v1/articles/{article['id']}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
            method="PUT",
        )
        urllib.request.urlopen(request, timeout=30).close()

    def count_comments(self, folder: Path) -> int:
        """Count what is in the store: at least what was acknowledged."""
        with sqlite3.connect(folder / "moderation.sqlite") as connection:
            return int(connection.execute("SELECT count(*) FROM comments").fetchone()[0])


@contextmanager
def serving(folder: Path, models_dir: Path, *, workers: int) -> Iterator[Service]:
    """Run the service with a new store in `folder` until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    coral = folder / "coral.toml"
    coral.write_text(f'[sites.default]\nsigning_secrets = ["{CORAL_SECRET}"]\n')
    settings = {
        "MODERATION_CORAL": str(coral.absolute()),
        "MODERATION_VAR_DIR": str(folder),
        "MODERATION_MODELS_DIR": str(models_dir.absolute()),
        "MODERATION_ADMIN_KEY": KEY,
        "MODERATION_WORKERS": str(workers),
        "MODERATION_PORT": str(port),
        "MODERATION_HOST": "127.0.0.1",
        "MODERATION_DATABASE_URL": "",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moderation", "serve"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=log,
        )
    try:
        _wait(port, process, folder / "log")
        yield Service(port, process)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"error: the service did not start:\n{log.read_text(errors='replace')}")


def load(service: Service, connections: int, seconds: int) -> Load:
    """Send comments for some seconds, as fast as they are answered."""
    if shutil.which("wrk"):
        return _by_wrk(service, connections, seconds)
    return asyncio.run(_by_python(service, connections, seconds))


_LUA = """
local words = { %s }
math.randomseed(os.time() + %d)
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer %s"
wrk.headers["Content-Type"] = "application/json"
local number = math.random(1, 1e9)
request = function()
  local text, length = {}, 0
  while length < 190 do
    local word = words[math.random(#words)]
    text[#text + 1] = word
    length = length + #word + 1
  end
  number = number + 1
  return wrk.format(nil, nil, nil, '{"comment":{"text":"' .. table.concat(text, " ") ..
    '.","author":{"id":"u' .. number .. '"}},"article":{"id":"bench"}}')
end
"""


def _by_wrk(service: Service, connections: int, seconds: int) -> Load:
    words = ", ".join(f'"{word}"' for word in WORDS)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_LUA % (words, time.monotonic_ns() % 10**9, KEY))
        script.flush()
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"),
                *("-s", script.name, f"{service.url}/v1/comments"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    out = done.stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Load(
        tool="wrk",
        per_second=float(_found(r"Requests/sec:\s+([\d.]+)", out)),
        p50_ms=_milliseconds(_found(r"^\s+50%\s+(\S+)", out)),
        p99_ms=_milliseconds(_found(r"^\s+99%\s+(\S+)", out)),
        answered=int(_found(r"(\d+) requests in", out)),
        refused=int(refused.group(1)) if refused else 0,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        sys.exit(f"error: wrk printed no {pattern}:\n{text}")
    return match.group(1)


def _milliseconds(shown: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\D+)", shown).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


async def _by_python(service: Service, connections: int, seconds: int) -> Load:
    end = time.monotonic() + seconds
    first = time.monotonic_ns() % 10**9
    times: list[float] = []
    refused = 0

    async def send(at: int) -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        number = first + at
        while time.monotonic() < end:
            number += connections
            body = json.dumps(
                {
                    "comment": {"text": comment_text(number), "author": {"id": f"u{number}"}},
                    "article": {"id": "bench"},
                }
            ).encode()
            started = time.perf_counter()
            writer.write(
                b"POST /v1/comments HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
                b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
                % (KEY.encode(), len(body), body)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            await reader.readexactly(int(length.group(1)) if length else 0)
            times.append((time.perf_counter() - started) * 1000)
            refused += not head.startswith(b"HTTP/1.1 201")
        writer.close()

    await asyncio.gather(*(send(at) for at in range(connections)))
    times.sort()
    return Load(
        tool="a Python client (install wrk for a fair figure)",
        per_second=len(times) / seconds,
        p50_ms=times[len(times) // 2],
        p99_ms=times[len(times) * 99 // 100],
        answered=len(times),
        refused=refused,
    )


def memory(service: Service) -> list[tuple[str, Memory]]:
    """Read the memory of every worker; empty where the system does not tell."""
    found: list[tuple[str, Memory]] = []
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_text()
            if int(parent) != service.process.pid or "spawn_main" not in command:
                continue
            kilobytes = dict(
                re.findall(r"^(\w+):\s+(\d+) kB$", (folder / "smaps_rollup").read_text(), re.M)
            )
        except OSError:
            continue
        private = int(kilobytes["Private_Clean"]) + int(kilobytes["Private_Dirty"])
        rss, pss = int(kilobytes["Rss"]), int(kilobytes["Pss"])
        found.append((f"worker {len(found) + 1}", Memory(rss / 1024, private / 1024, pss / 1024)))
    return found
