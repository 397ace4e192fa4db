"""
Requests to addresses that somebody else named, so that they cannot reach what only we can reach.

Sends one request and reads one answer; knows nothing of what either is for.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from moderation.errors import OutboundFailed, OutboundRefused

__all__ = ["Answer", "fetch", "is_public", "safe_addresses"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOW_PORTS = frozenset({80, 443})
# Ports below 1024 belong to services of other kinds, which must not be spoken to in HTTP.

_NAT64 = IPv6Network("64:ff9b::/96")
_LONGEST_URL = 2000
_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What another server said.

    Attributes:
        headers: names in lower case; of several alike, the last.
        body: at most as many bytes as were asked for.
        is_cut: whether there was more.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float = 5.0,
    max_bytes: int = 1 << 20,
    trusted: frozenset[str] = frozenset(),
) -> Answer:
    """
    Send one request to a public address and read the answer; no redirect is followed.

    The name is resolved once, every address it has must be public, and one of exactly those is
    connected to: a name that points elsewhere a moment later gains nothing. TLS is verified for the
    name as written.

    Args:
        url: ``http`` or ``https``, without user or password.
        timeout_seconds: for everything together, the last byte of the body included.
        max_bytes: of the body; the rest is not read.
        trusted: hosts, lower case, whose addresses may be private.

    Raises:
        OutboundRefused: the address may not be called; `field` is ``url``.
        OutboundFailed: no answer, none in time, or none that is HTTP.
    """
    until = time.monotonic() + timeout_seconds
    parts = _read(url)
    host, port = str(parts.hostname), parts.port or _DEFAULT_PORTS[parts.scheme]
    addresses = safe_addresses(host, port, timeout_seconds=timeout_seconds, trusted=trusted)
    raw = _connect(host, port, addresses, until)
    # Every read has the time limit of the whole, and whoever sends a byte now and then keeps within
    # it: so the line is cut when the time is up.
    line = raw.dup()
    alarm = threading.Timer(max(0.0, until - time.monotonic()), _cut, (line,))
    alarm.daemon = True
    alarm.start()
    connection = http.client.HTTPConnection(host, port)
    try:
        connection.sock = _wrapped(raw, host) if parts.scheme == "https" else raw
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"User-Agent": "moderation", "Connection": "close", **(headers or {})}
        connection.request(method, target, body, sent)
        response = connection.getresponse()
        content, is_cut = _read_body(response, max_bytes)
        if time.monotonic() > until:
            raise TimeoutError("the line was cut")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutboundFailed(f"{host} did not answer ({type(error).__name__})") from error
    finally:
        alarm.cancel()
        line.close()
        connection.close()
        raw.close()
    told = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, told, content, is_cut)


def safe_addresses(
    host: str,
    port: int,
    *,
    timeout_seconds: float = 5.0,
    trusted: frozenset[str] = frozenset(),
) -> list[str]:
    """
    Give the addresses of a host, all of them public, in the order to try them.

    Args:
        host: a name, or an address in any spelling.
        trusted: hosts, lower case, whose addresses may be private.

    Raises:
        OutboundRefused: one of them is not public; `field` is ``url``.
        OutboundFailed: there is no such host, or nobody said in time.
    """
    found = _resolve(host, port, timeout_seconds)
    if host.lower().rstrip(".") not in trusted:
        for address in found:
            if not is_public(address):
                raise OutboundRefused(f"{host} has an address that is not public", field="url")
    return found


def is_public(address: str) -> bool:
    """
    Tell whether an IP address can be reached from anywhere, and is one host's.

    An IPv6 address that carries an IPv4 one is as public as that.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and (inner := _inner(ip)) is not None:
        return is_public(str(inner))
    # The registries' list says "global" of multicast too.
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _inner(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _read(url: str) -> SplitResult:
    """Take an address apart, and refuse what no web page has."""
    # Control characters and blanks could end the request line and begin another request.
    if len(url) > _LONGEST_URL or not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
        raise OutboundRefused("is not an address", field="url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutboundRefused("is not an address", field="url") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise OutboundRefused("must begin with http:// or https:// and a host", field="url")
    if parts.username is not None or parts.password is not None:
        raise OutboundRefused("must not hold a user or a password", field="url")
    if port is not None and port < 1024 and port not in _LOW_PORTS:
        raise OutboundRefused(f"port {port} is not one of web pages", field="url")
    return parts


def _resolve(host: str, port: int, timeout_seconds: float) -> list[str]:
    """Ask for the addresses of a host, in a thread: the system's resolver knows no time limit."""
    answers: queue.Queue[list[str] | OSError] = queue.Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError("no such name"))

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=timeout_seconds)
    except queue.Empty:
        found = OSError("no answer in time")
    if isinstance(found, OSError) or not found:
        raise OutboundFailed(f"{host} has no address")
    return found


def _connect(host: str, port: int, addresses: list[str], until: float) -> socket.socket:
    """Connect to the first address that answers, and to no other than those."""
    failed: Exception = OSError("no time left")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(until))
        except OSError as error:
            failed = error
    raise OutboundFailed(f"{host} did not answer ({type(failed).__name__})") from failed


def _cut(line: socket.socket) -> None:
    # It may be gone already.
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _wrapped(raw: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(raw, server_hostname=host)


def _read_body(response: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
    """Read up to `most` bytes, and tell whether there were more."""
    pieces: list[bytes] = []
    size = 0
    while size <= most:
        piece = response.read1(min(_PIECE, most + 1 - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)[:most], size > most


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time left")
    return left
