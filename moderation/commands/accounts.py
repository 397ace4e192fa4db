"""
The commands around who may do what: API keys and reviewers.

Calls the store's accounts; shows a secret only at the moment it is made.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING

import click

from moderation.commands.output import day, print_table
from moderation.commands.settings import Settings, pass_settings, running_user, utc_now
from moderation.errors import InputError, NotFound
from moderation.terms import Scope

if TYPE_CHECKING:
    from moderation.store import Reviewer, Store

__all__ = ["COMMANDS"]


@click.group(invoke_without_command=True)
@click.pass_context
def keys(context: click.Context) -> None:
    """List, add and revoke API keys."""
    if context.invoked_subcommand is None:
        context.invoke(list_keys)


@keys.command("list")
@pass_settings
def list_keys(settings: Settings) -> None:
    """List all keys, without their secrets."""
    with settings.store() as store:
        found = store.accounts.keys()
    print_table(
        ("id", "name", "site", "scopes", "per minute", "made", "revoked"),
        (
            (
                key.id,
                key.name,
                key.site,
                ",".join(sorted(key.scopes)),
                key.per_minute or "no limit",
                day(key.created_at),
                day(key.revoked_at),
            )
            for key in found
        ),
        empty="There is no key.",
    )


_FORMS = {"akismet": 6, "perspective": 20}
# Random bytes, written as twice as many lower-case hex digits. Akismet's clients take keys of just
# 12 characters, some of Perspective's want 30 to 50.


@keys.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    default=[Scope.SCORE.value],
    show_default=True,
    help="What it may do; may be given more than once.",
)
@click.option("--site", default="default", show_default=True, help="Its comments' site.")
@click.option("--per-minute", type=click.IntRange(0), help="Requests a minute; 0: without limit.")
@click.option("--secret", help="Take this secret as it is, for a client that fixes its form.")
@click.option(
    "--form",
    type=click.Choice(list(_FORMS)),
    help="Make it in the form that clients of this API ask for: 12 or 40 hex digits.",
)
@pass_settings
def add_key(
    settings: Settings,
    name: str,
    scopes: tuple[str, ...],
    site: str,
    per_minute: int | None,
    secret: str | None,
    form: str | None,
) -> None:
    """Make an API key and print its secret, which is shown this once."""
    if secret is not None and form is not None:
        raise InputError("cannot be given together with --secret", field="--form")
    if form is not None:
        secret = secrets.token_hex(_FORMS[form])
    limit = settings.read().default_per_minute if per_minute is None else per_minute
    with settings.store() as store:
        _, made = store.accounts.add_key(
            name=name,
            scopes=frozenset(map(Scope, scopes)),
            site=site,
            per_minute=limit,
            secret=secret,
            actor=running_user(),
            now=utc_now(),
        )
    click.echo(made)


@keys.command()
@click.argument("id")
@pass_settings
def revoke(settings: Settings, id: str) -> None:
    """Make a key worthless; a running service stops taking it within seconds."""
    with settings.store() as store:
        store.accounts.revoke_key(id, actor=running_user(), now=utc_now())
    click.echo(f"key {id} is revoked")


@click.group(invoke_without_command=True)
@click.pass_context
def reviewers(context: click.Context) -> None:
    """List and add reviewers, and let them in."""
    if context.invoked_subcommand is None:
        context.invoke(list_reviewers)


@reviewers.command("list")
@pass_settings
def list_reviewers(settings: Settings) -> None:
    """List all reviewers."""
    with settings.store() as store:
        found = store.accounts.reviewers()
    print_table(
        ("id", "name", "signs in by", "since"),
        (
            (one.id, one.name, "password" if one.has_password else "link", day(one.created_at))
            for one in found
        ),
        empty="There is no reviewer.",
    )


@reviewers.command("add")
@click.argument("name")
@click.option("--password", is_flag=True, help="Ask for a password, or read it from a pipe.")
@pass_settings
def add_reviewer(settings: Settings, name: str, password: bool) -> None:
    """Add a reviewer; without a password, print a link that signs them in once."""
    secret = _ask_password() if password else None
    with settings.store() as store:
        reviewer = store.accounts.add_reviewer(name, secret, now=utc_now())
    if secret is None:
        _print_link(settings, reviewer.id)
    else:
        click.echo(f"reviewer {reviewer.name} was added")


@reviewers.command()
@click.argument("name")
@pass_settings
def link(settings: Settings, name: str) -> None:
    """Print a new link that signs a reviewer in, once, within a day."""
    with settings.store() as store:
        found = _reviewer(store, name)
    _print_link(settings, found.id)


@reviewers.command("sign-out")
@click.argument("name")
@pass_settings
def sign_out(settings: Settings, name: str) -> None:
    """End every session of a reviewer, as when a device was lost."""
    with settings.store() as store:
        found = _reviewer(store, name)
        store.accounts.end_sessions(found.id, actor=running_user(), now=utc_now())
    click.echo(f"reviewer {found.name} is signed out everywhere")


def _reviewer(store: Store, name: str) -> Reviewer:
    wanted = name.strip().casefold()
    for one in store.accounts.reviewers():
        if one.name.casefold() == wanted:
            return one
    raise NotFound(f"there is no reviewer {name!r}", field="name")


def _print_link(settings: Settings, reviewer_id: str) -> None:
    with settings.store() as store:
        token = store.accounts.make_sign_in_link(reviewer_id, now=utc_now())
    click.echo(f"{settings.read().address()}/review/sign-in/{token}")


_LEAST_PASSWORD_CHARS = 12


def _ask_password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < _LEAST_PASSWORD_CHARS:
        raise InputError(f"must have at least {_LEAST_PASSWORD_CHARS} characters", field="password")
    return password


COMMANDS = (keys, reviewers)
