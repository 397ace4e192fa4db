"""
Reads the file that names the Coral sites of this installation: signing secrets, answers, hosts.

Reads settings only; verifies no request and fetches nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from moderation.errors import ConfigError, PolicyError
from moderation.policy.table import Table

__all__ = ["CoralSite", "CoralStatus", "read_coral_sites"]

_SITE = re.compile(r"[A-Za-z0-9._-]{1,100}")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9]{1,5})?")
_LEAST_SECRET = 16
_KEYS = ("signing_secrets", "hold", "approve", "fetch_hosts")


class CoralStatus(StrEnum):
    """What Coral does with a comment; ``NONE`` leaves it to the phases that follow."""

    NONE = "NONE"
    APPROVED = "APPROVED"
    PREMOD = "PREMOD"
    SYSTEM_WITHHELD = "SYSTEM_WITHHELD"
    REJECTED = "REJECTED"


# The first of each is meant when the file says nothing.
_HOLDS = (CoralStatus.SYSTEM_WITHHELD, CoralStatus.PREMOD, CoralStatus.NONE)
_APPROVES = (CoralStatus.NONE, CoralStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class CoralSite:
    """
    How one site's Coral is answered.

    Attributes:
        signing_secrets: as Coral's administration shows them; several while one is rotated.
        hold: what a held comment becomes.
        approve: what an approved comment becomes; by default Coral goes on by its own rules.
        fetch_hosts: hosts, with a port where it is not the usual one, from which the page of a
            story may be fetched; empty: nothing is.
    """

    signing_secrets: tuple[str, ...] = field(repr=False)
    hold: CoralStatus = _HOLDS[0]
    approve: CoralStatus = _APPROVES[0]
    fetch_hosts: frozenset[str] = frozenset()


def read_coral_sites(path: Path | None) -> Mapping[str, CoralSite]:
    """
    Read the file; without one there is no Coral site.

    Returns:
        our site -> how its Coral is answered.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong; `field` is file and key.
    """
    if path is None:
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"cannot be read: {error}", field=f"coral: {path}") from error
    try:
        sites = Table(content, (), ("sites",)).table("sites", None)
        return {name: _site(sites, name) for name in sites}
    except PolicyError as error:
        # The table reads any TOML; here it is no policy that is wrong.
        raise ConfigError(error.message, field=f"coral: {path}: {error.field}") from error


def _site(sites: Table, name: str) -> CoralSite:
    if not _SITE.fullmatch(name):
        raise sites.error(name, "must be 1 to 100 letters, digits, dots, hyphens or underscores")
    table = sites.table(name, _KEYS)
    secrets = table.texts("signing_secrets")
    if not secrets:
        raise table.error("signing_secrets", "must hold at least one secret")
    for index, secret in enumerate(secrets):
        if len(secret) < _LEAST_SECRET:
            words = f"must have at least {_LEAST_SECRET} characters"
            raise table.error(f"signing_secrets[{index}]", words)
    hosts = [host.lower() for host in table.texts("fetch_hosts")]
    for index, host in enumerate(hosts):
        if not _HOST.fullmatch(host):
            words = "must be a host without scheme and path, such as news.example"
            raise table.error(f"fetch_hosts[{index}]", words)
    return CoralSite(
        signing_secrets=tuple(secrets),
        hold=_status(table, "hold", _HOLDS),
        approve=_status(table, "approve", _APPROVES),
        fetch_hosts=frozenset(hosts),
    )


def _status(table: Table, key: str, valid: tuple[CoralStatus, ...]) -> CoralStatus:
    return table.choice(key, valid) if key in table else valid[0]
