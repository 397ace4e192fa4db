"""
A small server on a free port of this machine, for tests of what we send to others.

Runs it in a thread, and has ended it when the block ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import Any

__all__ = ["serving"]


@contextmanager
def serving(server: BaseServer) -> Iterator[str]:
    """Serve until the block ends; give host and port, ``127.0.0.1:40123``."""
    host, port = _address(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{host}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _address(server: BaseServer) -> tuple[str, int]:
    address: Any = server.server_address
    return address[0], address[1]
