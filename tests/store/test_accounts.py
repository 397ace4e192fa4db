"""
Tests of keys, reviewers, sign-in links and shared secrets, on both databases.

Mirrors `moderation/store/accounts.py`.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from moderation.errors import InputError, NotFound, Taken
from moderation.store import Store
from moderation.terms import Key, Scope


def _key(store: Store, now: datetime, **given: str) -> tuple[Key, str]:
    return store.accounts.add_key(name="site", scopes={Scope.SCORE}, now=now, **given)


def test_a_made_key_opens_with_its_secret_only(store: Store, now: datetime) -> None:
    """The secret is long lower-case hex; anything else, even another case, opens nothing."""
    key, secret = store.accounts.add_key(
        name="Blog", scopes=[Scope.SCORE, Scope.ADMIN], site="blog", per_minute=60, now=now
    )
    assert re.fullmatch("[0-9a-f]{32}", secret)
    found = store.accounts.key_by_secret(secret)
    assert found == key == Key(key.id, "Blog", key.scopes, "blog", 60, now)
    assert key.scopes == {Scope.SCORE, Scope.ADMIN}
    for wrong in (secret.upper(), secret[:-1], "", "\ud800", key.id):
        assert store.accounts.key_by_secret(wrong) is None


def test_a_given_secret_is_taken_as_it_is(store: Store, now: datetime) -> None:
    """Old clients fix the form of their keys."""
    key, secret = _key(store, now, secret="123YourAPIKey")
    assert secret == "123YourAPIKey"
    assert store.accounts.key_by_secret("123YourAPIKey") == key


def test_a_secret_in_use_is_refused(store: Store, now: datetime) -> None:
    """Two good keys cannot share a secret; a revoked key's may be given again."""
    key, secret = _key(store, now, secret="aoeu1aoue")
    with pytest.raises(Taken) as caught:
        _key(store, now, secret=secret)
    assert caught.value.field == "key"
    store.accounts.revoke_key(key.id, now=now)
    again, _ = _key(store, now, secret=secret)
    assert store.accounts.key_by_secret(secret) == again


def test_a_key_needs_a_secret_and_a_scope(store: Store, now: datetime) -> None:
    """A blank secret or no scope at all is the caller's mistake."""
    with pytest.raises(InputError) as caught:
        _key(store, now, secret=" ")
    assert caught.value.field == "key"
    with pytest.raises(InputError) as caught:
        store.accounts.add_key(name="x", scopes=[], now=now)
    assert caught.value.field == "scopes"


def test_a_revoked_key_opens_nothing(store: Store, now: datetime) -> None:
    """Revoking is at once, is remembered with its time, and can be repeated."""
    key, secret = _key(store, now)
    store.accounts.revoke_key(key.id, now=now + timedelta(hours=1))
    store.accounts.revoke_key(key.id, now=now + timedelta(hours=2))
    assert store.accounts.key_by_secret(secret) is None
    assert [each.revoked_at for each in store.accounts.keys()] == [now + timedelta(hours=1)]
    with pytest.raises(NotFound):
        store.accounts.revoke_key("nothing", now=now)


def test_making_and_revoking_a_key_is_logged_without_its_secret(
    store: Store, now: datetime
) -> None:
    """The log says who did it and what the key may do, and holds nothing that opens anything."""
    key, secret = store.accounts.add_key(
        name="Blog", scopes=[Scope.SCORE, Scope.ADMIN], per_minute=60, actor="key:k1", now=now
    )
    later = now + timedelta(hours=1)
    for _ in range(2):
        store.accounts.revoke_key(key.id, actor="command:ana", now=later)
    revoked, made = store.events.recent()
    assert (revoked.at, revoked.kind, revoked.actor) == (later, "key.revoked", "command:ana")
    assert (made.at, made.kind, made.actor) == (now, "key.made", "key:k1")
    assert {made.subject, revoked.subject} == {key.id}
    assert dict(made.data) == {"scopes": ["admin", "score"], "per_minute": 60}
    assert secret not in str((made, revoked))


def test_a_key_that_is_not_made_leaves_no_event(store: Store, now: datetime) -> None:
    """What is refused did not happen, and neither did what concerns a key nobody knows."""
    _key(store, now, secret="aoeu1aoue")
    with pytest.raises(Taken):
        _key(store, now, secret="aoeu1aoue")
    with pytest.raises(NotFound):
        store.accounts.revoke_key("nothing", now=now)
    assert [event.kind for event in store.events.recent()] == ["key.made"]


def test_a_reviewer_signs_in_by_password(store: Store, now: datetime) -> None:
    """Name in any case and the right password; nothing else."""
    ana = store.accounts.add_reviewer("Ana", "correct horse", now=now)
    assert ana.has_password
    assert store.accounts.reviewer_by_password(" ana ", "correct horse") == ana
    for name, password in (("ana", "wrong"), ("ana", ""), ("nobody", "correct horse")):
        assert store.accounts.reviewer_by_password(name, password) is None
    assert store.accounts.reviewer(ana.id) == ana
    assert store.accounts.reviewer("nobody") is None


def test_a_reviewer_without_password_signs_in_by_link_only(store: Store, now: datetime) -> None:
    """No password, not even an empty one, is right for them."""
    bo = store.accounts.add_reviewer("Bo", None, now=now)
    assert not bo.has_password
    assert store.accounts.reviewer_by_password("Bo", "") is None
    assert store.accounts.reviewers() == [bo]


def test_a_name_is_taken_once(store: Store, now: datetime) -> None:
    """Names that differ in case only are one name; a blank one is none."""
    store.accounts.add_reviewer("Straße", None, now=now)
    for name in ("STRASSE", "  "):
        with pytest.raises(InputError) as caught:
            store.accounts.add_reviewer(name, None, now=now)
        assert caught.value.field == "name"


def test_a_new_password_replaces_the_old_one(store: Store, now: datetime) -> None:
    """It is the only one that signs in, all sessions end with the old one, and the log says so."""
    ana = store.accounts.add_reviewer("Ana", "correct horse", now=now)
    changed = store.accounts.set_password(ana.id, "battery staple", now=now)
    assert changed.session_version == ana.session_version + 1
    assert store.accounts.reviewer_by_password("Ana", "correct horse") is None
    assert store.accounts.reviewer_by_password("Ana", "battery staple") == changed
    (event,) = store.events.recent(subject=ana.id)
    assert (event.kind, event.actor) == ("reviewer.password_set", f"reviewer:{ana.id}")
    with pytest.raises(NotFound):
        store.accounts.set_password("nobody", "battery staple", now=now)


def test_ending_sessions_counts_for_one_reviewer_each_time(store: Store, now: datetime) -> None:
    """Every ending is another version, even at the same moment; nobody else's changes."""
    ana = store.accounts.add_reviewer("Ana", None, now=now)
    bo = store.accounts.add_reviewer("Bo", None, now=now)
    for ended in (1, 2):
        found = store.accounts.end_sessions(ana.id, actor="system", now=now)
        assert found.session_version == ended
        assert store.accounts.reviewer(ana.id) == found
    assert store.accounts.reviewer(bo.id) == bo
    assert {event.kind for event in store.events.recent(subject=ana.id)} == {
        "reviewer.sessions_ended"
    }
    with pytest.raises(NotFound):
        store.accounts.end_sessions("nobody", actor="system", now=now)


def test_a_link_signs_in_once(store: Store, now: datetime) -> None:
    """A link works once and before it expires; unknown ones never do."""
    ana = store.accounts.add_reviewer("Ana", None, now=now)
    used = store.accounts.make_sign_in_link(ana.id, now=now)
    late = store.accounts.make_sign_in_link(ana.id, now=now, lifetime_seconds=60)
    assert store.accounts.use_sign_in_link(used, now=now) == ana
    assert store.accounts.use_sign_in_link(used, now=now) is None
    assert store.accounts.use_sign_in_link(late, now=now + timedelta(seconds=60)) is None
    assert store.accounts.use_sign_in_link("unknown", now=now) is None
    with pytest.raises(NotFound):
        store.accounts.make_sign_in_link("nobody", now=now)


def test_a_link_used_by_many_at_once_signs_in_one(
    store: Store, store_url: str, now: datetime
) -> None:
    """Of concurrent uses of one link exactly one succeeds."""
    ana = store.accounts.add_reviewer("Ana", None, now=now)
    token = store.accounts.make_sign_in_link(ana.id, now=now)
    barrier = Barrier(6)
    with Store.open(store_url) as second, ThreadPoolExecutor(6) as pool:

        def use(n: int) -> bool:
            barrier.wait()
            return (store, second)[n % 2].accounts.use_sign_in_link(token, now=now) is not None

        assert list(pool.map(use, range(6))).count(True) == 1


def test_a_secret_is_the_same_for_everyone_for_ever(store: Store, store_url: str) -> None:
    """Whoever asks first makes it, even when several ask at once; another name is another."""
    barrier = Barrier(6)
    with Store.open(store_url) as second, ThreadPoolExecutor(6) as pool:

        def ask(n: int) -> bytes:
            barrier.wait()
            return (store, second)[n % 2].accounts.secret("session")

        made = set(pool.map(ask, range(6)))
    (value,) = made
    assert len(value) == 32
    assert store.accounts.secret("session") == value
    assert store.accounts.secret("author") != value
