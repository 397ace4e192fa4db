"""
Who may do what: API keys, reviewers, sign-in links, and the secrets all processes share.

Keeps digests and hashes only, never a secret that signs somebody in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from moderation.errors import InputError, NotFound, StoreError, Taken
from moderation.store import tables
from moderation.store.columns import storable
from moderation.store.engine import Database
from moderation.store.ids import new_id
from moderation.store.rows import Reviewer
from moderation.store.statements import Query
from moderation.store.writer import ConstraintBroken
from moderation.terms import Key, Scope

__all__ = ["Accounts"]

_KEY_BYTES = 16
_TOKEN_BYTES = 32
_SECRET_BYTES = 32

_KEY_BY_DIGEST = Query(
    select(tables.keys).where(
        tables.keys.c.digest == bindparam("digest"), tables.keys.c.revoked_at.is_(None)
    )
)


class Accounts:
    """
    Keys, reviewers and secrets. Methods may raise `StoreError`.

    Args:
        hasher: hashes passwords; its defaults are the second recommendation of RFC 9106.
    """

    def __init__(self, database: Database, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()
        self._secrets: dict[str, bytes] = {}

    def add_key(
        self,
        *,
        name: str,
        scopes: Collection[Scope],
        site: str = "default",
        per_minute: int = 0,
        secret: str | None = None,
        actor: str = "system",
        now: datetime,
    ) -> tuple[Key, str]:
        """
        Make an API key, log that it was made, and give its secret, this once.

        A secret we make is 32 lower-case hex digits (128 bits), a form old clients accept. A given
        one is taken as it is, however weak, because old clients fix its form; it is compared
        exactly, case included. The secret of a revoked key may be given again.

        Args:
            scopes: at least one.
            per_minute: requests allowed in a minute; 0 is without limit.
            actor: who makes it, as events name them.

        Raises:
            Taken: a good key has this secret already; `field` is ``key``.
            InputError: the secret is blank (``key``), or there is no scope (``scopes``).
        """
        if secret is not None and not secret.strip():
            raise InputError("must not be blank", field="key")
        if not scopes:
            raise InputError("must name at least one scope", field="scopes")
        secret = secret if secret is not None else secrets.token_hex(_KEY_BYTES)
        key = Key(
            id=new_id(now),
            name=storable(name),
            scopes=frozenset(scopes),
            site=storable(site),
            per_minute=per_minute,
            created_at=now,
        )
        values = {
            "id": key.id,
            "name": key.name,
            "digest": _digest(secret),
            "scopes": sorted(scope.value for scope in key.scopes),
            "site": key.site,
            "per_minute": per_minute,
            "created_at": now,
            "revoked_at": None,
        }
        made: dict[str, object] = {
            "at": now,
            "kind": "key.made",
            "actor": storable(actor),
            "subject": key.id,
            # Its name and site stay in its own row, which no revocation removes.
            "data": {"scopes": values["scopes"], "per_minute": per_minute},
        }
        try:
            self._database.insert([(tables.keys, values), (tables.events, made)])
        except ConstraintBroken as error:
            raise Taken("is in use already", field="key") from error
        return key, secret

    def key_by_secret(self, secret: str) -> Key | None:
        """Give the good key with this secret; one indexed read. Callers may keep it for seconds."""
        rows = self._database.fetch(_KEY_BY_DIGEST, {"digest": _digest(secret)})
        return _read_key(rows[0]) if rows else None

    def keys(self) -> list[Key]:
        """Give every key, oldest first, revoked ones included."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tables.keys).order_by(tables.keys.c.id)).all()
        return [_read_key(row) for row in rows]

    def revoke_key(self, id: str, *, actor: str = "system", now: datetime) -> None:
        """
        Make a key worthless, and log it. Revoking it again changes nothing and logs nothing.

        Args:
            actor: who revokes it, as events name them.

        Raises:
            NotFound: there is no such key.
        """
        keys = tables.keys
        revoking = (
            update(keys)
            .where(keys.c.id == id, keys.c.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(keys.c.id)
        )

        def work(connection: Connection) -> bool:
            if connection.scalar(revoking) is None:
                return connection.scalar(select(keys.c.id).where(keys.c.id == id)) is not None
            _log(connection, now, kind="key.revoked", actor=actor, subject=id)
            return True

        if not self._database.write(work):
            raise NotFound("There is no such key.", field="id")

    def add_reviewer(self, name: str, password: str | None, *, now: datetime) -> Reviewer:
        """
        Add a person who settles cases.

        Args:
            name: unique, any case.
            password: None for somebody who signs in by link only.

        Raises:
            Taken: somebody has this name; `field` is ``name``.
            InputError: the name is blank.
        """
        name = storable(name).strip()
        if not name:
            raise InputError("must not be blank", field="name")
        values = {
            "id": new_id(now),
            "name": name,
            "folded_name": name.casefold(),
            "password_hash": None if password is None else self._hasher.hash(_bytes(password)),
            "created_at": now,
            "session_version": 0,
        }
        try:
            self._database.insert([(tables.reviewers, values)])
        except ConstraintBroken as error:
            raise Taken("is taken", field="name") from error
        return Reviewer(str(values["id"]), name, password is not None, now)

    def reviewer_by_password(self, name: str, password: str) -> Reviewer | None:
        """Give the reviewer with this name and password; as slow for names nobody has."""
        folded = storable(name).strip().casefold()
        row = self._reviewer(tables.reviewers.c.folded_name == folded)
        known = row.password_hash if row is not None else None
        try:
            self._hasher.verify(known or self._unmatched_hash, _bytes(password))
        except (VerificationError, InvalidHashError):
            return None
        return _read_reviewer(row) if row is not None and known is not None else None

    def set_password(self, reviewer_id: str, password: str, *, now: datetime) -> Reviewer:
        """
        Give a reviewer a new password and end all their sessions; the old one is worthless at once.

        Returns:
            The reviewer, under whose `session_version` a new session may begin.

        Raises:
            NotFound: there is no such reviewer.
        """
        hashed = self._hasher.hash(_bytes(password))
        return self._end_sessions(
            reviewer_id,
            now,
            kind="reviewer.password_set",
            actor=f"reviewer:{reviewer_id}",
            password_hash=hashed,
        )

    def end_sessions(self, reviewer_id: str, *, actor: str, now: datetime) -> Reviewer:
        """
        End every session of a reviewer, wherever it is.

        Args:
            actor: who does it, as events name them.

        Returns:
            The reviewer as it is now.

        Raises:
            NotFound: there is no such reviewer.
        """
        return self._end_sessions(reviewer_id, now, kind="reviewer.sessions_ended", actor=actor)

    def reviewer(self, id: str) -> Reviewer | None:
        """Give a reviewer by id."""
        row = self._reviewer(tables.reviewers.c.id == id)
        return None if row is None else _read_reviewer(row)

    def reviewers(self) -> list[Reviewer]:
        """Give every reviewer, oldest first."""
        everyone = select(tables.reviewers).order_by(tables.reviewers.c.id)
        with self._database.reading() as connection:
            return [_read_reviewer(row) for row in connection.execute(everyone)]

    def make_sign_in_link(
        self, reviewer_id: str, *, now: datetime, lifetime_seconds: int = 86400
    ) -> str:
        """
        Make a token that signs a reviewer in once, until it expires; URL-safe.

        Raises:
            NotFound: there is no such reviewer.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        values = {
            "digest": _digest(token),
            "reviewer_id": reviewer_id,
            "expires_at": now + timedelta(seconds=lifetime_seconds),
            "used_at": None,
        }
        try:
            self._database.insert([(tables.sign_in_links, values)])
        except ConstraintBroken as error:
            raise NotFound("There is no such reviewer.", field="reviewer_id") from error
        return token

    def use_sign_in_link(self, token: str, *, now: datetime) -> Reviewer | None:
        """Use a token up and give its reviewer; None when unknown, expired or used before."""
        links = tables.sign_in_links
        using = (
            update(links)
            .where(
                links.c.digest == _digest(token),
                links.c.used_at.is_(None),
                links.c.expires_at > now,
            )
            .values(used_at=now)
            .returning(links.c.reviewer_id)
        )
        # The row is locked while the condition is checked: of two uses at once one finds nothing.
        reviewer_id = self._database.write(lambda connection: connection.scalar(using))
        return None if reviewer_id is None else self.reviewer(reviewer_id)

    def secret(self, name: str) -> bytes:
        """Give 32 random bytes, made at the first call, the same for every process ever after."""
        if name not in self._secrets:
            self._secrets[name] = self._read_or_make_secret(name)
        return self._secrets[name]

    def _read_or_make_secret(self, name: str) -> bytes:
        known = select(tables.secrets.c.value).where(tables.secrets.c.name == name)
        for _ in range(2):
            with self._database.reading() as connection:
                value: bytes | None = connection.scalar(known)
            if value is not None:
                return value
            made = secrets.token_bytes(_SECRET_BYTES)
            try:
                self._database.insert([(tables.secrets, {"name": name, "value": made})])
            except ConstraintBroken:
                # Another process made it first; theirs is read in the second round.
                continue
            return made
        raise StoreError(f"The secret {name!r} was refused, and yet is not there.")

    @cached_property
    def _unmatched_hash(self) -> str:
        """Checked for reviewers nobody knows, so that both answers take the same time."""
        return self._hasher.hash(secrets.token_hex(_SECRET_BYTES))

    def _end_sessions(
        self, reviewer_id: str, now: datetime, *, kind: str, actor: str, **changes: str
    ) -> Reviewer:
        reviewers = tables.reviewers

        def work(connection: Connection) -> Row[Any] | None:
            row = connection.execute(
                update(reviewers)
                .where(reviewers.c.id == reviewer_id)
                .values(session_version=reviewers.c.session_version + 1, **changes)
                .returning(reviewers)
            ).first()
            if row is not None:
                _log(connection, now, kind=kind, actor=actor, subject=row.id)
            return row

        row = self._database.write(work)
        if row is None:
            raise NotFound("There is no such reviewer.", field="reviewer_id")
        return _read_reviewer(row)

    def _reviewer(self, condition: Any) -> Row[Any] | None:
        with self._database.reading() as connection:
            return connection.execute(select(tables.reviewers).where(condition)).first()


def _log(connection: Connection, now: datetime, **event: str) -> None:
    """Log an event that needs no more than kind, actor and subject, in this transaction."""
    connection.execute(insert(tables.events).values(at=now, data={}, **event))


def _digest(secret: str) -> str:
    # Fast on purpose: keys and tokens are random, so there is nothing to guess from a dictionary.
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _read_key(row: Row[Any]) -> Key:
    return Key(
        id=row.id,
        name=row.name,
        scopes=frozenset(Scope(each) for each in row.scopes),
        site=row.site,
        per_minute=row.per_minute,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _read_reviewer(row: Row[Any]) -> Reviewer:
    return Reviewer(
        id=row.id,
        name=row.name,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
        session_version=row.session_version,
    )
