"""
Makes an installation usable before it serves, and says in plain words what to do next.

Creates what is missing and changes nothing that is there; starts no server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from moderation.classifiers.live import LiveModel
from moderation.config import Config
from moderation.desk.check import SIGNAL_NAMES
from moderation.errors import ConfigError, InputError, SchemaVersionError
from moderation.policy import read_policies
from moderation.store import Store
from moderation.terms import HEADS, Scope
from moderation.web.coral_sites import read_coral_sites

__all__ = ["Prepared", "clear_metrics", "prepare", "welcome"]

_REVIEWER = "admin"

_ARTICLE = (
    '{"title": "Allies let the Assad government fall", "body": "For years Iran and Russia kept'
    " the Syrian president in power. When the rebels came close to Damascus, neither sent help,"
    ' and within days he had fled the country."}'
)
_COMMENT = '{"text": "I want the jungle"}'


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    What `prepare` found or made.

    Attributes:
        model: version of the model that will serve.
        new_key: the secret of the key made just now, shown once; None when there were keys.
        sign_in_token: for the reviewer who has no password yet; None when they have one.
    """

    model: str
    new_key: str | None
    sign_in_token: str | None


def prepare(config: Config, now: datetime) -> Prepared:
    """
    Check model and policy, then make the store, the first key and the first reviewer if missing.

    An existing store of an older schema is left alone: upgrading it is a person's decision.

    Raises:
        SchemaVersionError: the store has another schema; the message names the command.
        StoreError, ModelError, PolicyError, ConfigError: something cannot be used.
    """
    model = LiveModel(config.models_dir).model.version
    read_policies(config.policy, signal_names=SIGNAL_NAMES, score_names=HEADS)
    read_coral_sites(config.coral)
    try:
        config.var_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot be made: {error.strerror}", field="var_dir") from error
    with _open_store(config.resolved_database_url) as store:
        return Prepared(model, _ensure_key(store, config, now), _ensure_reviewer(store, now))


def welcome(config: Config, prepared: Prepared, port: int) -> str:
    """Give what to print once the service answers: addresses, key, a first comment to send."""
    address = config.address(port)
    key = prepared.new_key or ("$MODERATION_ADMIN_KEY" if config.admin_key else "YOUR_KEY")
    review = f"{address}/review/"
    if prepared.sign_in_token:
        review = f"{address}/review/sign-in/{prepared.sign_in_token}\n           (works once)"
    lines = [
        "",
        f"  Service  {address}   (model {prepared.model})",
        f"  API      {address}/docs",
        f"  Review   {review}",
    ]
    if prepared.new_key:
        lines.append(f"  Key      {prepared.new_key}   (all scopes; shown only now, keep it)")
    lines += [
        "",
        "  Send a first comment; it will be held, because it has nothing to do with its article:",
        "",
        f'curl -s {address}/v1/comments -H "Authorization: Bearer {key}"'
        f" -H 'Content-Type: application/json'"
        f' -d \'{{"comment": {_COMMENT}, "article": {_ARTICLE}}}\'',
        "",
        "  Settle it on the review page, then let the service learn from it:  make train",
        "",
    ]
    return "\n".join(lines)


def clear_metrics(folder: Path) -> None:
    """
    Make the folder of the workers' counters, and empty it of an earlier run's.

    Raises:
        ConfigError: it cannot be written; `field` is ``var_dir``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.db"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error}", field="var_dir") from error


def _open_store(url: str) -> Store:
    try:
        return Store.open(url)
    except SchemaVersionError as error:
        if error.found is not None:
            raise
    Store.upgrade(url)
    return Store.open(url)


def _ensure_key(store: Store, config: Config, now: datetime) -> str | None:
    accounts = store.accounts
    if config.admin_key:
        if accounts.key_by_secret(config.admin_key) is None:
            try:
                accounts.add_key(
                    name="MODERATION_ADMIN_KEY",
                    scopes=frozenset(Scope),
                    secret=config.admin_key,
                    now=now,
                )
            except InputError as error:
                raise ConfigError(error.message, field="admin_key") from error
        return None
    if any(key.revoked_at is None for key in accounts.keys()):
        return None
    return accounts.add_key(name="first key", scopes=frozenset(Scope), now=now)[1]


def _ensure_reviewer(store: Store, now: datetime) -> str | None:
    accounts = store.accounts
    reviewers = accounts.reviewers()
    if not reviewers:
        reviewers = [accounts.add_reviewer(_REVIEWER, None, now=now)]
    if any(reviewer.has_password for reviewer in reviewers):
        return None
    # Nobody could sign in otherwise, so every start gives a new link until there is a password.
    return accounts.make_sign_in_link(reviewers[0].id, now=now)
