"""Where settings come from, which wins, and what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.config import Config, read_config
from moderation.errors import ConfigError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work where there is no moderation.toml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_the_defaults_hold() -> None:
    """No file and no variable gives the defaults, which keep to this machine."""
    config = read_config({})
    assert config == Config()
    assert config.host == "127.0.0.1"
    assert config.resolved_database_url.endswith("/var/moderation.sqlite")


def test_variables_win_over_the_file_and_options_over_both(tmp_path: Path) -> None:
    """Later sources win: file, environment, command line; None on the command line is no value."""
    file = tmp_path / "own.toml"
    file.write_text('port = 1\nhost = "a"\nworkers = 7\n')
    environ = {"MODERATION_PORT": "2", "MODERATION_HOST": "b"}
    config = read_config(environ, file, port=3, host=None)
    assert (config.port, config.host, config.workers) == (3, "b", 7)


def test_the_file_is_found_by_name_or_by_variable(tmp_path: Path) -> None:
    """moderation.toml of the folder is read; MODERATION_CONFIG names another instead."""
    (tmp_path / "moderation.toml").write_text("port = 1\n")
    other = tmp_path / "other.toml"
    other.write_text("port = 2\n")
    assert read_config({}).port == 1
    assert read_config({"MODERATION_CONFIG": str(other)}).port == 2


def test_an_empty_variable_counts_as_not_set() -> None:
    """Unit files and shells leave variables empty; that must not become an empty value."""
    assert read_config({"MODERATION_DATABASE_URL": "", "MODERATION_PORT": ""}) == Config()


@pytest.mark.parametrize(
    "field", [f for f in dataclasses.fields(Config) if "Path" in str(f.type)], ids=lambda f: f.name
)
def test_folders_and_files_come_as_paths(field: dataclasses.Field[object]) -> None:
    """From a variable as from the file; as text they would break only where they are used."""
    config = read_config({f"MODERATION_{field.name.upper()}": "somewhere"})
    assert getattr(config, field.name) == Path("somewhere")


def test_a_given_database_is_taken_as_it_is() -> None:
    """A database address is used unchanged."""
    url = "postgresql://moderation@db/moderation"
    assert read_config({"MODERATION_DATABASE_URL": url}).resolved_database_url == url


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("prot = 1", "prot"),
        ("port = true", "port"),
        ('port = "many"', "port"),
        ("host = 1", "host"),
        ("port = ", "own.toml"),
    ],
)
def test_a_wrong_file_names_file_and_key(tmp_path: Path, content: str, field: str) -> None:
    """What is wrong in the file is refused with its name and the key."""
    file = tmp_path / "own.toml"
    file.write_text(content)
    with pytest.raises(ConfigError) as caught:
        read_config({}, file)
    assert str(file) in str(caught.value)
    assert field in (caught.value.field or "")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A named file must exist, or its settings would silently not apply."""
    with pytest.raises(ConfigError, match=r"none\.toml"):
        read_config({}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MODERATION_PORT", "65536"),
        ("MODERATION_PORT", "-1"),
        ("MODERATION_WORKERS", "0"),
        ("MODERATION_MAX_TEXT_CHARS", "0"),
        ("MODERATION_MAX_ARTICLE_CHARS", "0"),
        ("MODERATION_DEFAULT_PER_MINUTE", "-1"),
        ("MODERATION_LOG_LEVEL", "loud"),
        ("MODERATION_TRUSTED_PROXIES", "-1"),
        ("MODERATION_PERSPECTIVE_LANGUAGES", "some"),
    ],
)
def test_a_value_out_of_range_names_the_setting(variable: str, value: str) -> None:
    """A value that cannot work stops the service at its start."""
    with pytest.raises(ConfigError) as caught:
        read_config({variable: value})
    assert caught.value.field == variable.removeprefix("MODERATION_").lower()


@given(st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_any_variable_gives_a_number_or_an_error_that_names_it(value: str) -> None:
    """Whatever stands in a numeric variable, it is a number or refused by name."""
    field = ""
    try:
        threads = read_config({"MODERATION_THREADS": value}).threads
    except ConfigError as error:
        threads, field = 1, (error.field or "").lower()
    assert threads >= 1
    assert field in ("", "threads", "moderation_threads")


def test_the_configuration_cannot_change() -> None:
    """A setting read once stays as it is for the life of the process."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_config({}).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"host": "::"}, "http://127.0.0.1:8000"),
        ({"host": "::1", "port": 9000}, "http://[::1]:9000"),
        ({"host": "mod.example"}, "http://mod.example:8000"),
        ({"host": "0.0.0.0", "public_url": "https://mod.example/m/"}, "https://mod.example/m"),
    ],
)
def test_the_address_shown_is_one_that_can_be_opened(
    settings: dict[str, Any], address: str
) -> None:
    """Links that are printed lead somewhere: nobody can open 0.0.0.0."""
    assert Config(**settings).address() == address


def test_the_port_shown_is_the_one_the_system_chose() -> None:
    """Port 0 is a wish, not an address."""
    assert Config(port=0).address(40123) == "http://127.0.0.1:40123"
