"""npm's `akismet-api` and `@cedx/akismet`, unmodified, against a running service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.running import Running
from tests.wire.akismet_site import BLOG, HAM, SPAM, Site, make_site

RunNode = Callable[[str, object], Any]


@pytest.fixture
def site(service_running: Running, request: pytest.FixtureRequest) -> Site:
    """Give a site of its own to each test: what one submits would count in another."""
    return make_site(service_running, request.node.name)


def run(run_node: RunNode, site: Site, client: str, *calls: list[Any], **more: Any) -> list[Any]:
    """Make calls with a client; give what each came to."""
    given = {"client": client, "url": site.served.url, "key": site.key, "blog": BLOG}
    results: list[Any] = run_node("akismet.mjs", {**given, "calls": calls, **more})
    assert len(results) == len(calls)
    return results


def test_akismet_api(run_node: RunNode, site: Site) -> None:
    """With the key as the user name in front of our host: no name server is needed."""
    ham = {"ip": "192.0.2.1", "content": f"{HAM} Node.", "name": "Ana", "isTest": False}
    spam = {"ip": "192.0.2.2", "content": f"{SPAM} Node.", "useragent": "M", "referrer": ""}
    trap = {**ham, "honeypot": "filled"}
    results = run(
        run_node,
        site,
        "akismet-api",
        ["verifyKey"],
        ["checkSpam", ham],
        ["checkSpam", spam],
        ["checkSpam", trap],
        ["checkSpam", {**ham, "email": "akismet-guaranteed-spam@example.com"}],
        ["checkSpam", {**spam, "role": "administrator", "isTest": True}],
        ["submitSpam", ham],
        ["submitHam", spam],
    )
    thanks = "Thanks for making the web a better place."
    answers = [True, False, True, True, True, False, thanks, thanks]
    assert results == [{"answer": answer} for answer in answers]
    key, wrong = run(
        run_node, site, "akismet-api", ["verifyKey"], ["checkSpam", ham], key="000000000000"
    )
    assert key == {"answer": False}
    assert wrong == {"error": "Invalid API key"}
    (missing,) = run(run_node, site, "akismet-api", ["checkSpam", {}])
    assert missing == {"error": "Missing required field: user_ip."}


def test_cedx_akismet(run_node: RunNode, site: Site) -> None:
    """Its base address is an option; help or an alert on a success would make it throw."""
    author = {"name": "Ana", "ipAddress": "192.0.2.3", "userAgent": "Mozilla/5.0"}
    context = {"context": ["trams", "cities"], "permalink": f"{BLOG}tram", "type": "comment"}
    ham = {"author": author, "content": f"{HAM} Cedx – “Grüße”.", **context}
    spam = {"author": author, "content": f"{SPAM} Cedx.", **context}
    guaranteed = {"author": {**author, "name": "viagra-test-123"}, "content": "x"}
    results = run(
        run_node,
        site,
        "@cedx/akismet",
        ["verifyKey"],
        ["checkComment", ham],
        ["checkComment", spam],
        ["checkComment", guaranteed],
        ["checkComment", {**spam, "author": {**author, "role": "administrator"}}],
        ["submitSpam", ham],
        ["submitHam", spam],
    )
    # 0 is ham, 1 spam, 2 blatant spam.
    assert results == [{"answer": answer} for answer in (True, 0, 1, 1, 0, None, None)]
    (tried,) = run(run_node, site, "@cedx/akismet", ["checkComment", spam], isTest=True)
    assert tried == {"answer": 1}
    key, wrong = run(
        run_node, site, "@cedx/akismet", ["verifyKey"], ["checkComment", ham], key="000000000000"
    )
    assert key == {"answer": False}
    assert "error" in wrong


def test_what_they_submitted_was_learned(run_node: RunNode, site: Site) -> None:
    """Found by its content: the comment checked before is settled, and no other is stored."""
    author = {"ipAddress": "192.0.2.9", "email": "cem@example.org"}
    text = "A comment that only this test sends, about the harbour and its cranes."
    comment = {"author": author, "content": text}
    run(run_node, site, "@cedx/akismet", ["checkComment", comment], ["submitSpam", comment])
    before = site.ask(
        "POST", "/v1/score", {"comment": {"text": text, "author": {"email": "cem@example.org"}}}
    )
    assert "REPEAT_REJECTED" in {reason["code"] for reason in before["reasons"]}
