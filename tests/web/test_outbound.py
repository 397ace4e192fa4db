"""Requests to addresses that others named: what is refused, and what is read of an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from moderation.errors import OutboundFailed, OutboundRefused
from moderation.web.outbound import fetch, is_public, safe_addresses

HERE = frozenset({"127.0.0.1"})


@contextmanager
def answering(reply: Callable[[socket.socket, bytes], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Serve one connection after the other with `reply`; give the port and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    asked.append(peer.recv(65536))
                    try:
                        reply(peer, asked[-1])
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


def send(*parts: bytes) -> Callable[[socket.socket, bytes], None]:
    """Give a reply that sends these bytes."""
    return lambda peer, asked: peer.sendall(b"".join(parts))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::1",
        "64:ff9b::a00:1",
    ],
)
def test_no_address_of_a_network_of_ours_is_public(address: str) -> None:
    """Loopback, private, link-local, shared, reserved, multicast, and IPv4 inside IPv6."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    """Everything that anybody can reach may be called."""
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "localhost", "::1", "0"],
)
def test_a_private_host_is_refused_in_every_spelling(host: str) -> None:
    """What counts is where the name leads, not how it is written."""
    with pytest.raises((OutboundRefused, OutboundFailed)):
        safe_addresses(host, 80)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "http://",
        "http://user:secret@example.com/",
        "http://example.com:22/",
        "http://example.com:99999/",
        "http://example.com/a b",
        "http://example.com/\r\nX-Evil: 1",
        "http://ex\u00e4mple.com/",
        "http://example.com/" + "a" * 3000,
        "http://[::1/",
        "http://127.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "",
    ],
)
def test_what_is_no_public_web_address_is_refused(url: str) -> None:
    """Other schemes, users, ports of other services, blanks, and private addresses."""
    with pytest.raises(OutboundRefused) as caught:
        fetch(url, timeout_seconds=2)
    assert caught.value.field == "url"


def test_a_refused_address_is_never_connected_to() -> None:
    """A server on this machine hears nothing unless its host is trusted."""
    with answering(send(b"HTTP/1.1 204 No Content\r\n\r\n")) as (port, asked):
        with pytest.raises(OutboundRefused):
            fetch(f"http://127.0.0.1:{port}/")
        assert asked == []
        assert fetch(f"http://127.0.0.1:{port}/", trusted=HERE).status == 204
        assert len(asked) == 1


def test_the_request_is_sent_as_asked_and_the_answer_read() -> None:
    """Method, path, query, headers and body go out; status, headers and body come back."""
    reply = send(b"HTTP/1.1 201 Created\r\nX-Told: yes\r\nContent-Length: 5\r\n\r\nhello")
    with answering(reply) as (port, asked):
        answer = fetch(
            f"http://127.0.0.1:{port}/a/b?c=d",
            method="POST",
            body=b"{}",
            headers={"Content-Type": "application/json"},
            trusted=HERE,
        )
    assert (answer.status, answer.body, answer.is_cut) == (201, b"hello", False)
    assert answer.headers["x-told"] == "yes"
    assert asked[0].startswith(b"POST /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"Content-Type: application/json" in asked[0]


def test_a_redirect_is_given_back_and_not_followed() -> None:
    """Where it leads was not checked."""
    reply = send(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")
    with answering(reply) as (port, asked):
        answer = fetch(f"http://127.0.0.1:{port}/", trusted=HERE)
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1/")
    assert len(asked) == 1


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 5000\r\n\r\n", b"\r\n"], ids=["with length", "without"]
)
def test_a_long_answer_is_cut(framing: bytes) -> None:
    """No more than asked for is kept in memory, whatever the header promises."""
    with answering(send(b"HTTP/1.1 200 OK\r\n", framing, b"x" * 5000)) as (port, _):
        answer = fetch(f"http://127.0.0.1:{port}/", trusted=HERE, max_bytes=1000)
    assert (answer.body, answer.is_cut) == (b"x" * 1000, True)


def trickle(peer: socket.socket, asked: bytes) -> None:
    """Send one byte after the other, for ever."""
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    pause = threading.Event()
    for _ in range(200):
        peer.sendall(b"x")
        pause.wait(0.05)


def trickle_headers(peer: socket.socket, asked: bytes) -> None:
    """Begin an answer and never come to its end."""
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    pause = threading.Event()
    for number in range(200):
        peer.sendall(b"X-%d: 1\r\n" % number)
        pause.wait(0.05)


def silent(peer: socket.socket, asked: bytes) -> None:
    """Say nothing until the other side hangs up."""
    peer.recv(1)


@pytest.mark.parametrize(
    "reply", [trickle, trickle_headers, silent, send(b"SSH-2.0-x\r\n"), send(b"")]
)
def test_a_server_that_does_not_answer_properly_is_given_up(
    reply: Callable[[socket.socket, bytes], None],
) -> None:
    """Too slow, silent, another protocol, or gone: one kind of error, and in time."""
    with answering(reply) as (port, _), pytest.raises(OutboundFailed):
        fetch(f"http://127.0.0.1:{port}/", trusted=HERE, timeout_seconds=0.5)


def test_a_host_that_is_not_there_fails() -> None:
    """No name, nothing listening, and TLS where none is spoken."""
    with pytest.raises(OutboundFailed):
        safe_addresses("nobody.invalid", 80)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OutboundFailed):
        fetch(f"http://127.0.0.1:{port}/", trusted=HERE, timeout_seconds=2)
    with answering(send(b"HTTP/1.1 200 OK\r\n\r\n")) as (port, _):
        with pytest.raises(OutboundFailed):
            fetch(f"https://127.0.0.1:{port}/", trusted=HERE, timeout_seconds=2)
