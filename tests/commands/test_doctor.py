"""`doctor` visits a running service as a client would, and says in words what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from moderation.errors import StoreError
from moderation.terms import Scope
from tests.fakes import Service, make_service
from tests.serving import serving

App = Callable[..., Any]
KEY = "0123456789ab"


class Quiet(WSGIRequestHandler):
    """Handles requests and logs none."""

    def log(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(app: App) -> Iterator[str]:
    """Serve an application on a free port of this machine; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    with serving(server) as place:
        yield f"http://{place}"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Give a service with a key of the form that WordPress wants."""
    made = make_service(tmp_path)
    made.rooms.store.accounts.add_key(name="wp", scopes=set(Scope), secret=KEY, now=made.clock())
    yield made
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()


def html(status: str, text: str = "<h1>nginx</h1>", **headers: str) -> App:
    """Make an application that always answers with a page, as proxies do."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        told = {"Content-Type": "text/html", "Server": "nginx", **headers}
        start(status, list(told.items()))
        return [text.encode()]

    return answer


def proxy(
    app: App,
    *,
    drop: str | None = None,
    inner: str | None = None,
    most: int | None = None,
    pages: bool = False,
) -> App:
    """Stand before an application and spoil something, as proxies do."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if most is not None and int(environ.get("CONTENT_LENGTH") or 0) > most:
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            return html("413 Request Entity Too Large")(environ, start)
        if drop is not None:
            environ.pop(drop, None)
        if inner is not None:
            environ["HTTP_HOST"] = inner
        if pages and environ["PATH_INFO"] == "/v1/no-such-address":
            return html("404 Not Found")(environ, start)
        return app(environ, start)

    return answer


def test_a_sound_installation_is_well(run, service: Service) -> None:
    """Every question is answered, and the exit code is 0."""
    with served(service.app) as url:
        ran = run("doctor", url, KEY)
    assert (ran.code, ran.err) == (0, "")
    for words in (
        "The service answers",
        "may score, moderate, admin",
        "A comment is scored: approve, language en",
        "The self-test string is rejected",
        "A body of 1.5 MB is taken",
        "Akismet: the key is taken in the field key, the field api_key, the user name of Basic",
        "Akismet: the key is taken in the host name too",
        "Perspective: the discovery document names this address",
        "Perspective: a comment is analysed",
        "OpenAI: a text is moderated",
    ):
        assert words in ran.out
    assert "wrong" not in ran.out
    assert "All is well" in ran.out
    assert KEY not in ran.out


def test_nothing_is_stored_by_a_visit(run, service: Service) -> None:
    """It scores, and sends no comment to be kept."""
    with served(service.app) as url:
        run("doctor", url, KEY)
    with service.rooms.store._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM comments").scalar_one() == 0


def test_the_key_can_come_by_standard_input(run, service: Service, monkeypatch, tmp_path) -> None:
    """So that it does not show in the list of processes."""
    (tmp_path / "key").write_text(f"{KEY}\n")
    with served(service.app) as url, (tmp_path / "key").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run("doctor", url, "-").code == 0


def test_a_key_that_is_not_known_is_told_and_ends_it(run, service: Service) -> None:
    """What needs a good key is not asked, so that one fault is one line."""
    with served(service.app) as url:
        ran = run("doctor", url, "not-a-key")
    assert ran.code == 1
    assert ran.out.count("wrong ") == 1
    assert "The key is not known here" in ran.out
    assert "keys add" in ran.out


def test_a_key_without_the_scope_is_told(run, service: Service) -> None:
    """A key for moderators alone cannot score."""
    store = service.rooms.store
    store.accounts.add_key(
        name="m", scopes={Scope.MODERATE}, secret="moderator", now=service.clock()
    )
    with served(service.app) as url:
        ran = run("doctor", url, "moderator")
    assert ran.code == 1
    assert "may moderate, but not score" in ran.out


def test_what_a_key_lacks_for_old_clients_is_noted(run, service: Service) -> None:
    """Its length for WordPress, its capitals for host names; neither is a fault."""
    accounts = service.rooms.store.accounts
    accounts.add_key(name="c", scopes=set(Scope), secret="CapitalLetters", now=service.clock())
    with served(service.app) as url:
        ran = run("doctor", url, "CapitalLetters")
    assert ran.code == 0
    assert "has 14 characters; WordPress" in ran.out
    assert "has capitals" in ran.out


@pytest.mark.parametrize(
    ("spoiled", "code", "words"),
    [
        ({"drop": "HTTP_AUTHORIZATION"}, 1, "good, but not in the Authorization header"),
        ({"most": 1_000_000}, 0, "too large for the proxy"),
        ({"pages": True}, 0, "Errors come back as text/html"),
        ({"inner": "app:8000"}, 1, "sends clients to http://app:8000/"),
    ],
)
def test_what_a_proxy_spoils_is_named(
    run, service: Service, spoiled: dict[str, Any], code: int, words: str
) -> None:
    """With what to change in the proxy."""
    with served(proxy(service.app, **spoiled)) as url:
        ran = run("doctor", url, KEY)
    assert ran.code == code, ran.out
    assert words in ran.out


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (html("502 Bad Gateway"), "it cannot reach the service"),
        (html("301 Moved", Location="https://a.example/"), "redirects to https://a.example/"),
        (html("200 OK"), "is not ours"),
        (html("404 Not Found"), "is not ours"),
    ],
)
def test_somebody_else_at_the_address_is_told_from_us(run, app: App, words: str) -> None:
    """Nothing more is asked of a server that is not the service."""
    with served(app) as url:
        ran = run("doctor", url, KEY)
    assert ran.code == 1
    assert words in ran.out
    assert len(ran.out.splitlines()) == 2


def test_an_address_where_nobody_is_says_why(run) -> None:
    """A closed port, and plain HTTP where TLS was expected."""
    with served(html("200 OK")) as url:
        ran = run("doctor", url.replace("http:", "https:"), KEY)
        assert ran.code == 1
        assert "does not speak TLS" in ran.out
    ran = run("doctor", url, KEY)
    assert ran.code == 1
    assert "nothing listens at 127.0.0.1" in ran.out


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "ftp://a", "http://", "http://a:b", "http://a?k"]
)
def test_what_is_no_address_is_refused(run, url: str) -> None:
    """Before anything is asked."""
    ran = run("doctor", url, KEY)
    assert (ran.code, ran.out) == (2, "")
    assert "URL" in ran.err


def test_a_service_that_is_not_ready_says_which_part(
    run, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is away: the parts of `/readyz` come through in words."""

    def fail() -> None:
        raise StoreError

    monkeypatch.setattr(service.rooms.store, "ping", fail)
    with served(service.app) as url:
        ran = run("doctor", url, KEY)
    assert ran.code == 1
    assert "The store is not ready: The store did not answer" in ran.out


def test_a_policy_that_only_watches_is_a_warning(run, tmp_path: Path) -> None:
    """The self-test string comes back approved."""
    (tmp_path / "policy.toml").write_text("shadow = true\n")
    made = make_service(tmp_path, policy=tmp_path / "policy.toml")
    with served(made.app) as url:
        ran = run("doctor", url, made.key)
    assert ran.code == 0
    assert "shadow = true" in ran.out
    assert "with 1 warnings" in ran.out
    made.rooms.store.close()
    made.app.extensions["moderation.limits"].close()
