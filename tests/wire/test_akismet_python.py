"""PyPI's `akismet`, sync and async, and `pykismet3`, unmodified, against a running service."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.running import Running
from tests.wire.akismet_site import BLOG, HAM, SPAM, Site, make_site

akismet = pytest.importorskip("akismet", reason="PyPI's akismet is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")


@pytest.fixture
def site(service_running: Running, request: pytest.FixtureRequest) -> Site:
    """Give a site of its own to each test: what one submits would count in another."""
    return make_site(service_running, request.node.name)


def moved(site: Site, transport: Any, **more: Any) -> Any:
    """Give a transport of httpx that sends everything to our host, as an application would."""

    class Moved(transport):
        def _move(self, request: Any) -> None:
            request.url = request.url.copy_with(
                scheme="http", host="127.0.0.1", port=int(site.host.partition(":")[2])
            )

        def handle_request(self, request: Any) -> Any:
            self._move(request)
            return super().handle_request(request)

        async def handle_async_request(self, request: Any) -> Any:
            self._move(request)
            return await super().handle_async_request(request)

    return Moved(**more)


@contextmanager
def sync_client(site: Site, key: str | None = None, **more: Any) -> Iterator[Any]:
    """Give the client, its key not yet tried, and close what it opened."""
    config = akismet.Config(key=key or site.key, url=BLOG)
    with httpx.Client(transport=moved(site, httpx.HTTPTransport), timeout=20, **more) as http:
        yield akismet.SyncClient(config=config, http_client=http)


def test_the_sync_client(site: Site) -> None:
    """Key, checks, submissions and usage, as its documentation shows them."""
    with sync_client(site) as client:
        assert client.verify_key()
        before = client.usage_limit()["usage"]
        ham = {"comment_content": HAM, "comment_author": "Ana", "permalink": f"{BLOG}tram"}
        assert client.comment_check("192.0.2.1", **ham) == akismet.CheckResponse.HAM
        spam = {"comment_content": SPAM, "comment_author": "win big"}
        assert client.comment_check("192.0.2.2", **spam) == akismet.CheckResponse.SPAM
        assert client.submit_spam("192.0.2.1", **ham)
        assert client.submit_ham("192.0.2.2", **spam)
        assert client.usage_limit() == {
            "limit": "none",
            "usage": before + 2,
            "percentage": "0.00",
            "throttled": False,
        }


def test_its_test_values_and_conventions(site: Site) -> None:
    """Guaranteed spam, administrators, and tests, which leave no trace."""
    with sync_client(site) as client:
        before = client.usage_limit()["usage"]
        spam = client.comment_check("192.0.2.1", comment_author="akismet-guaranteed-spam")
        assert spam == akismet.CheckResponse.SPAM
        ham = client.comment_check(
            "192.0.2.1", comment_content=SPAM, user_role="administrator", is_test=1
        )
        assert ham == akismet.CheckResponse.HAM
        assert client.comment_check("192.0.2.1") == akismet.CheckResponse.HAM
        assert client.usage_limit()["usage"] == before


def test_a_wrong_key_is_its_own_error(site: Site) -> None:
    """Found out at the start, or at the first call."""
    with sync_client(site, key="000000000000") as client:
        assert not client.verify_key()
        with pytest.raises(akismet.APIKeyError), client:
            pass
    with sync_client(site, key="000000000000") as client:
        with pytest.raises(akismet.APIKeyError):
            client.comment_check("192.0.2.1", comment_content=HAM)
        with pytest.raises(akismet.APIKeyError):
            client.usage_limit()


def test_sites_of_the_key(site: Site) -> None:
    """It sends no key with this call; the application's own http client can add it."""
    with sync_client(site, params={"api_key": site.key}) as client:
        client.comment_check("192.0.2.3", comment_content=f"{HAM} Nobody.")
        listed = client.key_sites()
        (month,) = [value for value in listed.values() if isinstance(value, list)]
        assert [row["site"] for row in month] == ["blog.example"]
        assert int(month[0]["api_calls"]) == client.usage_limit()["usage"]
        text = client.key_sites(result_format="csv")
        assert text.splitlines()[0].startswith(f"Active sites for {site.key} during ")
    with sync_client(site) as client, pytest.raises(akismet.APIKeyError):
        client.key_sites()


def test_the_async_client(site: Site) -> None:
    """The same, awaited."""

    async def use() -> None:
        config = akismet.Config(key=site.key, url=BLOG)
        http = httpx.AsyncClient(transport=moved(site, httpx.AsyncHTTPTransport), timeout=20)
        async with akismet.AsyncClient(config=config, http_client=http) as client:
            checks = [
                client.comment_check("192.0.2.4", comment_content=text, comment_author="Ben")
                for text in (f"{HAM} Async.", f"{SPAM} Async.")
            ]
            ham, spam = await asyncio.gather(*checks)
            assert (ham, spam) == (akismet.CheckResponse.HAM, akismet.CheckResponse.SPAM)
            assert await client.submit_spam("192.0.2.4", comment_content=f"{HAM} Async.")
            assert (await client.usage_limit())["limit"] == "none"

    # In a thread of its own: the browser that other tests keep open runs a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, use()).result()


_PYKISMET = """
import json, sys, warnings
warnings.simplefilter("ignore")
from pykismet3 import Akismet, AkismetServerError
key, blog, texts = json.load(sys.stdin)
client = Akismet(api_key=key, blog_url=blog, user_agent="tests")
said = []
for text in texts:
    asked = {"user_ip": "192.0.2.5", "user_agent": "M", "referrer": "", "comment_content": text}
    try:
        said.append(client.check(dict(asked)))
        client.submit_spam(dict(asked))
        client.submit_ham(dict(asked))
    except AkismetServerError as error:
        said.append(str(error))
print(json.dumps(said))
"""


def test_pykismet3_through_a_proxy(site: Site) -> None:
    """It writes the key into the host's name, over plain http: HTTP_PROXY brings it to us whole."""
    pytest.importorskip("pykismet3", reason="PyPI's pykismet3 is not installed")
    proxies = {"HTTP_PROXY": site.served.url, "http_proxy": site.served.url, "NO_PROXY": ""}

    def run(key: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", _PYKISMET],
            input=json.dumps([key, BLOG, [f"{HAM} Pykismet.", f"{SPAM} Pykismet."]]),
            env={**os.environ, **proxies, "no_proxy": ""},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return json.loads(done.stdout)

    assert run(site.key) == [False, True]
    # In capitals too: names of hosts have no case.
    assert all(isinstance(said, bool) for said in run(site.key.upper()))
    assert run("000000000000") == ["Akismet server returned an error: invalid"] * 2
