"""What was acknowledged is never lost: the service is killed under load and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.running import KEY, free_port, service_environment

CLIENTS = 4


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
    """Send one request on a connection of its own; give status and answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def family(pid: int) -> list[int]:
    """Give a process and all that descend from it."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name stands in brackets and may hold anything, brackets included.
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def kill(process: subprocess.Popen[bytes]) -> int:
    """Kill every process of a service at once; give how many there were."""
    pids = family(process.pid)
    # Stopped first, so that the parent cannot start a new worker in between.
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
    process.wait(timeout=20)
    return len(pids)


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Serve as a person would, with two workers; give the process and its port."""
    port, environment = free_port(), service_environment(folder)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moderation", "serve", "--port", str(port), "--workers", "2"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            until = time.monotonic() + 60
            while True:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until, (folder / "log").read_text()
                with contextlib.suppress(OSError, HTTPException):
                    if ask(port, "GET", "/readyz")[0] == 200:
                        break
                time.sleep(0.1)
            yield process, port
        finally:
            kill(process)


def post_until_broken(port: int, client: int, acknowledged: dict[str, str]) -> None:
    """Post comments one after the other and note every id that came back."""
    for number in range(5000):
        text = f"Comment {number} of client {client}, on the cracks in the bridge."
        body = {"comment": {"text": text}, "article": {"title": "Bridge", "body": "It cracks."}}
        try:
            status, answer = ask(port, "POST", "/v1/comments", body)
        except (OSError, HTTPException, ValueError):
            return
        if status == 201:
            acknowledged[str(answer["id"])] = text


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes through /proc")
def test_every_acknowledged_comment_survives_kill_9(tmp_path: Path) -> None:
    """All processes are killed at once while four clients post; nothing that got an id is gone."""
    acknowledged: dict[str, str] = {}
    with served(tmp_path) as (process, port):
        clients = [
            threading.Thread(target=post_until_broken, args=(port, client, acknowledged))
            for client in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        until = time.monotonic() + 60
        while len(acknowledged) < 100 and time.monotonic() < until:
            time.sleep(0.01)
        assert kill(process) >= 3
        for client in clients:
            client.join(timeout=60)
    assert len(acknowledged) >= 100

    with served(tmp_path) as (_, port):
        for comment_id, text in acknowledged.items():
            status, answer = ask(port, "GET", f"/v1/comments/{comment_id}")
            assert status == 200, comment_id
            assert answer["text"] == text
        # And the store takes new ones.
        body = {"comment": {"text": "After the storm."}}
        assert ask(port, "POST", "/v1/comments", body)[0] == 201
