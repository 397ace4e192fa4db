"""The file of Coral sites: read strictly, errors name file and key, secrets are not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.config import Config
from moderation.errors import ConfigError
from moderation.web.coral_sites import CoralStatus, read_coral_sites
from moderation.web.first_start import prepare
from tests.bundles import copy_bundle
from tests.fakes import NOON

SECRET = "sixteen-letters-and-more"


def test_what_is_left_out_has_a_careful_default(tmp_path: Path) -> None:
    """Held comments are withheld, approved ones left to Coral, and no page is fetched."""
    path = tmp_path / "coral.toml"
    path.write_text(f'[sites.blog]\nsigning_secrets = ["{SECRET}"]\n')
    site = read_coral_sites(path)["blog"]
    assert (site.hold, site.approve) == (CoralStatus.SYSTEM_WITHHELD, CoralStatus.NONE)
    assert site.fetch_hosts == frozenset()
    assert SECRET not in repr(site)


def test_without_a_file_there_is_no_site() -> None:
    """Coral is off unless it is set up."""
    assert read_coral_sites(None) == {}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[sites", "cannot be read"),
        ("more = 1", "more"),
        ("sites = 1", "sites: must be a table"),
        ("[sites.blog]", "sites.blog.signing_secrets"),
        ("[sites.blog]\nsigning_secrets = ['short']", "sites.blog.signing_secrets[0]"),
        (f"[sites.'a b']\nsigning_secrets = ['{SECRET}']", 'sites."a b"'),
        (f"[sites.blog]\nsigning_secrets = ['{SECRET}']\nhold = 'REJECTED'", "sites.blog.hold"),
        (f"[sites.blog]\nsigning_secrets = ['{SECRET}']\napprove = 1", "sites.blog.approve"),
        (f"[sites.blog]\nsigning_secrets = ['{SECRET}']\nfetch = true", "sites.blog.fetch"),
        (
            f"[sites.blog]\nsigning_secrets = ['{SECRET}']\nfetch_hosts = ['https://news.example']",
            "sites.blog.fetch_hosts[0]",
        ),
        (
            f"[sites.blog]\nsigning_secrets = ['{SECRET}']\nfetch_hosts = ['*.example']",
            "sites.blog.fetch_hosts[0]",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, named: str) -> None:
    """A wrong file stops the start with its name and the key."""
    path = tmp_path / "coral.toml"
    path.write_text(content)
    with pytest.raises(ConfigError) as raised:
        read_coral_sites(path)
    assert "coral.toml" in str(raised.value)
    assert named in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is an error, not an empty list of sites."""
    with pytest.raises(ConfigError, match=r"none\.toml"):
        read_coral_sites(tmp_path / "none.toml")


def test_a_wrong_file_stops_the_start(tmp_path: Path) -> None:
    """Found out before a worker is started, like any other setting."""
    copy_bundle(tmp_path / "models")
    path = tmp_path / "coral.toml"
    path.write_text("sites = 1")
    config = Config(var_dir=tmp_path / "var", models_dir=tmp_path / "models", coral=path)
    with pytest.raises(ConfigError, match="must be a table"):
        prepare(config, NOON)
