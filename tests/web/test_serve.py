"""The service as a person starts it: what is made, what is said, how it stops."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.errors import BundleMissing, ConfigError, PolicyError, SchemaVersionError
from moderation.store import Store
from moderation.terms import Scope
from moderation.web.first_start import clear_metrics, prepare, welcome
from moderation.web.serve import serve
from tests.bundles import copy_bundle
from tests.fakes import NOON

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give the settings of a new installation with a model."""
    copy_bundle(tmp_path / "models")
    return Config(var_dir=tmp_path / "var", models_dir=tmp_path / "models", port=0, threads=2)


def test_the_first_start_makes_what_is_missing(config: Config) -> None:
    """Store, an all-scope key, and a reviewer with a link that works once."""
    made = prepare(config, NOON)
    assert made.model == "20260301-1"
    assert made.new_key is not None
    assert made.sign_in_token is not None
    with Store.open(config.resolved_database_url) as store:
        key = store.accounts.key_by_secret(made.new_key)
        assert key is not None
        assert key.scopes == frozenset(Scope)
        reviewer = store.accounts.use_sign_in_link(made.sign_in_token, now=NOON)
        assert reviewer is not None
        assert store.accounts.use_sign_in_link(made.sign_in_token, now=NOON) is None


def test_the_second_start_makes_no_second_key(config: Config) -> None:
    """The secret was shown once; a link comes as long as nobody has a password."""
    prepare(config, NOON)
    again = prepare(config, NOON)
    assert again.new_key is None
    assert again.sign_in_token is not None
    with Store.open(config.resolved_database_url) as store:
        assert len(store.accounts.keys()) == 1
        assert len(store.accounts.reviewers()) == 1
        store.accounts.add_reviewer("sam", "a long password", now=NOON)
    assert prepare(config, NOON).sign_in_token is None


def test_a_given_admin_key_is_taken_and_not_shown(config: Config) -> None:
    """The variable is a key of every scope, made once, and no other key is made."""
    config = replace(config, admin_key="given-secret")
    for _ in range(2):
        made = prepare(config, NOON)
        assert made.new_key is None
    assert "given-secret" not in welcome(config, made, 8000)
    with Store.open(config.resolved_database_url) as store:
        (key,) = store.accounts.keys()
        assert store.accounts.key_by_secret("given-secret") == key
        assert key.scopes == frozenset(Scope)


def test_a_store_of_another_version_is_left_alone(config: Config) -> None:
    """It is refused with the command that upgrades it, or that there is none."""
    import sqlite3

    prepare(config, NOON)
    path = config.var_dir / "moderation.sqlite"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(SchemaVersionError):
        prepare(config, NOON)


def test_without_a_model_or_policy_nothing_is_started(config: Config, tmp_path: Path) -> None:
    """The error comes before the store is made."""
    with pytest.raises(BundleMissing):
        prepare(replace(config, models_dir=tmp_path / "none"), NOON)
    policy = tmp_path / "policy.toml"
    policy.write_text("[thresholds.nonsense]\nhold = 1\n", encoding="utf-8")
    with pytest.raises(PolicyError):
        prepare(replace(config, policy=policy), NOON)
    assert not (config.var_dir / "moderation.sqlite").exists()


def test_counters_of_an_earlier_run_are_cleared(tmp_path: Path) -> None:
    """Workers that are gone no longer count."""
    folder = tmp_path / "metrics"
    clear_metrics(folder)
    (folder / "counter_1.db").write_bytes(b"old")
    clear_metrics(folder)
    assert list(folder.iterdir()) == []


def test_a_taken_port_is_one_sentence(config: Config) -> None:
    """The error names the setting, and nothing is made."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError) as caught:
            serve(replace(config, port=taken.getsockname()[1]))
    assert caught.value.field == "port"
    assert "in use" in caught.value.message
    assert not config.var_dir.exists()


def test_an_address_that_is_not_ours_is_named(config: Config) -> None:
    """A host that cannot be listened on is a setting to change."""
    with pytest.raises(ConfigError) as caught:
        serve(replace(config, host="203.0.113.1"))
    assert caught.value.field == "host"


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve in another process; give it and what it says once it answers."""
    code = (
        "from moderation.config import read_config\n"
        "from moderation.web.serve import serve\n"
        "if __name__ == '__main__':\n"
        "    serve(read_config(port=0))\n"
    )
    script = folder / "start.py"
    script.write_text(code, encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MODERATION_")}
    environment |= {"MODERATION_THREADS": "2", "PYTHONPATH": str(ROOT)}
    with (folder / "err").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(script)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "make train" in line:
                break
        try:
            yield process, said
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def post(port: int, path: str, key: str, body: object) -> tuple[int, dict[str, object]]:
    """Send JSON; give status and answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


@pytest.mark.slow
def test_the_printed_line_works_and_a_signal_ends_it(tmp_path: Path) -> None:
    """What is printed can be pasted; models change without a restart; SIGTERM stops cleanly."""
    copy_bundle(tmp_path / "models")
    with served(tmp_path) as (process, said):
        (line,) = [line for line in said.splitlines() if line.startswith("curl ")]
        parts = shlex.split(line)
        port = int(parts[2].removeprefix("http://127.0.0.1:").partition("/")[0])
        key = parts[4].removeprefix("Authorization: Bearer ")
        body = json.loads(parts[parts.index("-d") + 1])
        status, answer = post(port, "/v1/comments", key, body)
        assert status == 201
        assert answer["model"] == "20260301-1"
        assert f"http://127.0.0.1:{port}/review/sign-in/" in said

        # Both workers follow a new model by themselves.
        copy_bundle(tmp_path / "models", "20260302-1")
        deadline = time.monotonic() + 30
        seen: list[object] = []
        while seen[-20:] != ["20260302-1"] * 20 and time.monotonic() < deadline:
            seen.append(post(port, "/v1/score", key, body)[1]["model"])
        assert seen[-20:] == ["20260302-1"] * 20

        # The counters of both workers add up, whichever answers.
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        counted = 'moderation_requests_total{method="POST",route="/v1/score",status="200"} '
        (total,) = [x for x in text.splitlines() if x.startswith(counted)]
        assert float(total.removeprefix(counted)) == len(seen)

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    for line in (tmp_path / "err").read_text().splitlines():
        assert json.loads(line)["event"] not in {"request broke", "request failed"}, line
    with Store.open(f"sqlite:///{tmp_path}/var/moderation.sqlite") as store:
        assert store.comments.get(str(answer["id"])).comment.text == body["comment"]["text"]
