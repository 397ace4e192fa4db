"""
Requests as WordPress, Discourse and Coral write them, byte for byte, over a plain socket.

Their own code cannot run here; what they send was read in their sources.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.running import Running, running
from tests.serving import serving
from tests.wire.akismet_site import BLOG, HAM, SPAM, Site, make_site

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
THANKS = b"Thanks for making the web a better place."

WORDPRESS = {
    "blog": BLOG,
    "blog_lang": "en_US, fr_CA",
    "blog_charset": "UTF-8",
    "permalink": f"{BLOG}2026/03/tram/",
    "user_ip": "192.0.2.7",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0",
    "referrer": f"{BLOG}2026/03/tram/",
    "comment_type": "comment",
    "comment_author": "Ana",
    "comment_author_email": "ana@example.org",
    "comment_author_url": "",
    "comment_date_gmt": "2026-03-01 12:00:00",
    "comment_post_modified_gmt": "2026-02-28 09:00:00",
    "comment_post_ID": "17",
    "comment_parent": "0",
    "comment_content": HAM,
    "is_test": "",
    "akismet_comment_nonce": "inactive",
    "honeypot_field_name": "ak_hp_textarea",
    "POST_ak_hp_textarea": "",
    "POST_ak_js": "1772366400000",
    "POST_comment": HAM,
    "POST_submit": "Post Comment",
    "SERVER_SOFTWARE": "Apache",
    "REQUEST_URI": "/wp-comments-post.php",
    "REMOTE_ADDR": "192.0.2.7",
    **{f"HTTP_X_PROXY_{number}": "value" for number in range(40)},
}


@pytest.fixture
def site(service_running: Running, request: pytest.FixtureRequest) -> Site:
    """Give a site of its own to each test."""
    return make_site(service_running, request.node.name.partition("[")[0])


def exchange(
    site: Site,
    target: str,
    body: bytes,
    *,
    host: str | None = None,
    version: str = "1.0",
    content_type: str = FORM,
    agent: str = "WordPress/6.1 | Akismet/5.0.2",
    head: str = "",
) -> tuple[str, dict[str, str], bytes]:
    """Send one request as written; give status line, headers in lower case and body."""
    lines = [
        f"POST {target} HTTP/{version}",
        f"Host: {host or site.host}",
        f"User-Agent: {agent}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    raw = "\r\n".join([*lines, *([head] if head else []), "", ""]).encode() + body
    name, _, port = site.host.partition(":")
    with socket.create_connection((name, int(port)), timeout=20) as line:
        line.sendall(raw)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    told, _, content = answer.partition(b"\r\n\r\n")
    status, *headers = told.decode("latin-1").split("\r\n")
    return status, dict(_header(each) for each in headers), content


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.lower(), value.strip()


def encoded(**fields: str) -> bytes:
    return urlencode(fields).encode()


def test_wordpress_checks_a_comment(site: Site) -> None:
    """HTTP/1.0, a hundred fields: one word back with its length, and the guid to know it by."""
    body = encoded(api_key=site.key, **WORDPRESS)
    status, headers, content = exchange(site, "/1.1/comment-check", body)
    assert status.split()[1] == "200"
    assert content == b"false"
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["content-length"] == "5"
    assert "transfer-encoding" not in headers
    assert not {name for name in headers if "debug" in name or "alert" in name}
    kept = site.comment(headers["x-akismet-guid"])
    assert kept["text"] == HAM
    assert kept["permalink"] == WORDPRESS["permalink"]
    spam = {**WORDPRESS, "comment_content": SPAM, "comment_author_email": "win@example.net"}
    _, headers, content = exchange(site, "/1.1/comment-check", encoded(api_key=site.key, **spam))
    assert content == b"true"
    assert site.comment(headers["x-akismet-guid"])["decision"] != "approve"


def test_wordpress_through_a_must_use_plugin(site: Site) -> None:
    """The plugin changes the address alone: the key is sent as `key` and as `api_key`."""
    body = encoded(key=site.key, api_key=site.key, blog=BLOG)
    assert exchange(site, "/1.1/verify-key", body)[2] == b"valid"
    _, headers, content = exchange(site, "/1.1/get-subscription", body)
    assert headers["content-type"] == "application/json"
    assert json.loads(content)["status"] == "active"
    stats = encoded(key=site.key, blog=BLOG, **{"from": "6-months"})
    got = json.loads(exchange(site, "/1.1/get-stats", stats)[2])
    assert set(got) >= {"spam", "ham", "missed_spam", "false_positives", "accuracy", "breakdown"}
    assert exchange(site, "/1.1/deactivate", body)[2] == b"deactivated"
    wrong = encoded(key="000000000000", api_key="000000000000", blog=BLOG)
    _, headers, content = exchange(site, "/1.1/verify-key", wrong)
    assert content == b"invalid"
    assert headers["x-akismet-debug-help"]


def test_wordpress_submits_what_a_moderator_did(site: Site) -> None:
    """With the guid of the check and who reported it; the comment is settled by it."""
    body = encoded(api_key=site.key, **WORDPRESS)
    guid = exchange(site, "/1.1/comment-check", body)[1]["x-akismet-guid"]
    sent = {
        **WORDPRESS,
        "guid": guid,
        "reporter": "admin",
        "site_domain": "blog.example",
        "comment_check_response": "false",
    }
    assert exchange(site, "/1.1/submit-spam", encoded(api_key=site.key, **sent))[2] == THANKS
    kept = site.comment(guid)
    assert (kept["status"], kept["verdicts"][0]["labels"]) == ("rejected", ["spam"])
    assert exchange(site, "/1.1/submit-ham", encoded(api_key=site.key, **sent))[2] == THANKS
    assert site.comment(guid)["status"] == "approved"
    got = json.loads(
        exchange(site, "/1.1/get-stats", encoded(key=site.key, blog=BLOG, **{"from": "all"}))[2]
    )
    assert (got["ham"], got["missed_spam"]) == (1, 0)


def test_the_key_in_the_hosts_name_through_a_proxy(site: Site) -> None:
    """Clients behind HTTP_PROXY send the whole address in the request line."""
    host = f"{site.key.upper()}.rest.akismet.com"
    body = encoded(**{**WORDPRESS, "is_test": "1"})
    for target in (f"http://{host}/1.1/comment-check", "/1.1/comment-check"):
        for version in ("1.0", "1.1"):
            status, headers, content = exchange(site, target, body, host=host, version=version)
            assert (status.split()[1], content) == ("200", b"false")
            assert "transfer-encoding" not in headers


def test_discourse_checks_a_post(site: Site) -> None:
    """`content_type` for the type, title and blank line before the text, the key in the host."""
    body = encoded(
        content_type="forum-post",
        permalink="https://forum.example/t/17",
        comment_author="ana",
        comment_content=f"Trams\n\n{HAM}",
        comment_author_email="ana@example.org",
        user_ip="192.0.2.7",
        referrer="https://forum.example/",
        user_agent="Mozilla/5.0",
        blog="https://forum.example",
    )
    _, headers, content = exchange(
        site, "/1.1/comment-check", body, host=f"{site.key}.rest.akismet.com", version="1.1"
    )
    assert content == b"false"
    assert not {name for name in headers if "error" in name or "alert" in name}


def test_coral_submits_in_json(site: Site) -> None:
    """Without a blog, with an empty address, and looking at the status alone."""
    host = f"{site.key}.rest.akismet.com"
    body = encoded(blog=BLOG, user_ip="", comment_content=HAM, is_test="false")
    _, headers, content = exchange(site, "/1.1/comment-check", body, host=host, version="1.1")
    assert content == b"false"
    report = {"user_ip": "", "comment_content": HAM, "comment_type": "comment", "is_test": False}
    status, _, content = exchange(
        site,
        "/1.1/submit-spam",
        json.dumps(report).encode(),
        host=host,
        version="1.1",
        content_type="application/json",
        agent="Talk Akismet",
    )
    assert (status.split()[1], content) == ("200", THANKS)
    assert site.comment(headers["x-akismet-guid"])["status"] == "rejected"


def test_bytes_of_an_old_blog(site: Site) -> None:
    """ISO-8859-1, named by the blog, reaches the moderator as it was written."""
    text = "Très bien dit, l'été sera long à Orléans."
    body = urlencode(
        {**WORDPRESS, "blog_charset": "ISO-8859-1", "comment_content": text, "api_key": site.key},
        encoding="iso-8859-1",
    ).encode()
    content_type = "application/x-www-form-urlencoded; charset=ISO-8859-1"
    _, headers, _ = exchange(site, "/1.1/comment-check", body, content_type=content_type)
    assert site.comment(headers["x-akismet-guid"])["text"] == text


@pytest.mark.parametrize(
    ("target", "body", "head"),
    [
        ("/1.1/comment-check", b"", ""),
        ("/1.1/comment-check", b"\x00\xff%%%=&&&==", ""),
        ("/1.1/comment-check", b"{", "Content-Encoding: gzip"),
        ("/1.1/submit-spam", b"comment_content=%ff%fe" + b"&a" * 20_000, ""),
        ("/1.1/nothing", b"a=1", ""),
        ("/1.1/verify-key?key=%00%ff&blog[]=1", b"key[]=1", ""),
        ("/1.2/key-sites", b"month=2026-03", "Authorization: Basic AAAA"),
        ("/1.1/comment-check", b"x=" + b"y" * 9_000_000, ""),
    ],
)
def test_nonsense_is_answered_in_the_protocols_words(
    site: Site, target: str, body: bytes, head: str
) -> None:
    """Never a page in HTML, never an error of ours in another dialect, never a 500."""
    try:
        status, headers, content = exchange(site, target, body, head=head)
    except OSError:
        # Of a body far too large the server stops reading; what it said may be lost with it.
        assert len(body) > 8_000_000
        return
    assert int(status.split()[1]) in (200, 404, 413)
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert content in (b"invalid", b"Request Entity Too Large.")
    assert headers["x-akismet-debug-help"]


@pytest.fixture
def hook() -> Iterator[tuple[str, list[dict[str, object]], threading.Event]]:
    """Serve a site's webhook; give its address, what it heard, and whether it heard anything."""
    heard: list[dict[str, object]] = []
    arrived = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")
            arrived.set()

        def log_message(self, *args: object) -> None:
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as place:
        yield f"http://{place}/wp-json/akismet/v1/webhook", heard, arrived


@pytest.mark.slow
def test_a_moderators_verdict_reaches_the_sites_webhook(
    tmp_path: Path, hook: tuple[str, list[dict[str, object]], threading.Event]
) -> None:
    """Missed spam is rejected in the queue, and seconds later the site knows, by guid and key."""
    url, heard, arrived = hook
    with running(tmp_path, private_hosts="127.0.0.1") as served:
        site = make_site(served, "hooked")
        body = encoded(api_key=site.key, callback=url, **WORDPRESS)
        _, headers, content = exchange(site, "/1.1/comment-check", body)
        assert content == b"false"
        guid = headers["x-akismet-guid"]
        verdict = {"action": "reject", "labels": ["spam"]}
        site.ask("POST", f"/v1/comments/{guid}/verdict", verdict)
        assert arrived.wait(30)
    assert heard == [
        {
            "key": site.key,
            "endpoint": "comment-check",
            "comments": [{"guid": guid, "result": "true"}],
        }
    ]
