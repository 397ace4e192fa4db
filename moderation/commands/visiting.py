"""
Asks a service over HTTP as a client would, and says in words why it did not answer.

Sends and reads; judges no answer. Goes wherever it is told: only a person at a terminal calls.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moderation.errors import InputError

__all__ = ["NoAnswer", "Reply", "Visitor"]

_MOST_BYTES = 4 * 1024 * 1024


class NoAnswer(Exception):
    """
    Nothing that is HTTP came back. Its text says why.

    Attributes:
        advice: what to do about it.
    """

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(why)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What came back.

    Attributes:
        headers: names in lower case.
        seconds: from sending to the last byte.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def kind(self) -> str:
        """The content type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Visitor:
    """
    A client of one address. It follows no redirect, as most clients we stand in for do not.

    Args:
        url: where the service is said to be, with no path but a prefix.
        key: an API key.
        ca: certificates to trust instead of the system's, or None.
        timeout_seconds: for each request.

    Attributes:
        host: without port.
        origin: scheme, host and port, without a slash at the end.

    Raises:
        InputError: the address or the file of certificates is wrong.
    """

    url: str
    key: str
    ca: Path | None = None
    timeout_seconds: float = 10.0
    host: str = field(init=False)
    port: int = field(init=False)
    is_tls: bool = field(init=False)
    origin: str = field(init=False)
    prefix: str = field(init=False)
    _tls: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError as error:
            raise InputError(f"is not an address: {error}", field="URL") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError("must begin with http:// or https:// and a host", field="URL")
        if parts.query or parts.fragment or parts.username:
            raise InputError("must be the address alone, without key and query", field="URL")
        self.is_tls = parts.scheme == "https"
        self.host, self.port = parts.hostname, port or (443 if self.is_tls else 80)
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.origin = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
        self.prefix = parts.path.rstrip("/")
        try:
            self._tls = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        except (OSError, ssl.SSLError) as error:
            raise InputError(f"cannot be used: {error}", field="--ca") from None

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
    ) -> Reply:
        """
        Send one request.

        Args:
            host: sent as the Host, and asked for in TLS, though the connection goes to ours.

        Raises:
            NoAnswer: nothing came back.
        """
        started = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_seconds)
        try:
            connection.sock = self._connect(host or self.host)
            sent = {"User-Agent": "moderation-doctor", "Connection": "close", **(headers or {})}
            if host is not None:
                usual = self.port == (443 if self.is_tls else 80)
                sent["Host"] = host if usual else f"{host}:{self.port}"
            # Whoever finds a body too large may answer and hang up before it is sent.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, self.prefix + path, body, sent)
            response = connection.getresponse()
            content = response.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _in_words(error, self) from error
        finally:
            connection.close()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, told, content, time.perf_counter() - started)

    def send_json(self, path: str, data: object, *, key: str | None = None) -> Reply:
        """Send JSON with the key, or with another one."""
        headers = {"Content-Type": "application/json", **self.bearer(key)}
        return self.ask("POST", path, body=json.dumps(data).encode(), headers=headers)

    def get(self, path: str) -> Reply:
        """Get an address with the key."""
        return self.ask("GET", path, headers=self.bearer())

    def bearer(self, key: str | None = None) -> dict[str, str]:
        """Give the header that shows a key."""
        return {"Authorization": f"Bearer {key or self.key}"}

    def certificate_ends(self) -> datetime | None:
        """
        Give when the certificate ends, aware UTC; None without TLS.

        Raises:
            NoAnswer: nothing answers, or the certificate is not good for this host.
        """
        if not self.is_tls:
            return None
        try:
            with self._connect(self.host) as line:
                told = line.getpeercert() if isinstance(line, ssl.SSLSocket) else None
        except OSError as error:
            raise _in_words(error, self) from error
        ends = str((told or {}).get("notAfter", ""))
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None

    def resolves(self, host: str) -> bool:
        """Tell whether a name leads anywhere."""
        try:
            return bool(socket.getaddrinfo(host, self.port, type=socket.SOCK_STREAM))
        except OSError:
            return False

    def _connect(self, name: str) -> socket.socket:
        line = socket.create_connection((self.host, self.port), self.timeout_seconds)
        # Or a body waits some 40 ms for the head to be acknowledged, and the speed told is wrong.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(line, server_hostname=name) if self.is_tls else line


def _in_words(error: Exception, visitor: Visitor) -> NoAnswer:
    where = f"{visitor.host}:{visitor.port}"
    if isinstance(error, socket.gaierror):
        return NoAnswer(
            f"the name {visitor.host} leads nowhere",
            "Look for a slip of the keyboard, or make the DNS record.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return NoAnswer(
            f"the certificate is not accepted: {error.verify_message.rstrip('.')}",
            "Get one for this name, with the whole chain; for a CA of your own, name it with --ca.",
        )
    if isinstance(error, ssl.SSLError):
        return NoAnswer(
            f"{where} does not speak TLS as it should ({error.reason})",
            "Is this the port of the proxy? The service itself speaks plain HTTP.",
        )
    if isinstance(error, ConnectionRefusedError):
        return NoAnswer(
            f"nothing listens at {where}",
            "Is the service started, on this port? It listens on 127.0.0.1 unless told otherwise.",
        )
    if isinstance(error, TimeoutError):
        return NoAnswer(
            f"{where} did not answer within {visitor.timeout_seconds:g} seconds",
            "Does a firewall drop the packets? Is the machine overloaded?",
        )
    return NoAnswer(
        f"{where} broke off ({type(error).__name__})",
        "Is it HTTPS where you said http, or the other way round?",
    )
