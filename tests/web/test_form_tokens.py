"""Form-time tokens: what they tell, and that nobody can make them up."""

from __future__ import annotations

from datetime import timedelta
from string import ascii_letters, digits

import pytest

from moderation.terms import Form
from moderation.web.form_tokens import LIFETIME_SECONDS, FormTokens
from tests.fakes import NOON

TOKENS = FormTokens(b"k" * 32)


def test_a_token_tells_how_long_the_form_was_open() -> None:
    """The token's own time outranks what the sender says."""
    token = TOKENS.make("default", NOON)
    form = TOKENS.read(Form(token=token, seconds=500), "default", NOON + timedelta(seconds=9))
    assert form.token_valid is True
    assert form.seconds == pytest.approx(9)


def test_no_token_leaves_the_sites_word() -> None:
    """A site may measure the time itself."""
    assert TOKENS.read(Form(seconds=7), "default", NOON) == Form(seconds=7)


def test_a_token_expires() -> None:
    """It is good to the last second of its life and not after it."""
    token = TOKENS.make("default", NOON)
    last = NOON + timedelta(seconds=LIFETIME_SECONDS)
    assert TOKENS.read(Form(token=token), "default", last).token_valid is True
    late = TOKENS.read(Form(token=token), "default", last + timedelta(seconds=1))
    assert (late.token_valid, late.seconds) == (False, None)


def test_a_token_from_the_future_is_none_of_ours() -> None:
    """A form cannot be sent before it was served."""
    token = TOKENS.make("default", NOON + timedelta(minutes=5))
    assert TOKENS.read(Form(token=token), "default", NOON).token_valid is False


@pytest.mark.parametrize("token", ["x", ".", "a.b.c", "é", "\ud800", "W10.", "A" * 4000])
def test_made_up_tokens_are_refused(token: str) -> None:
    """Garbage is an invalid token, not an error."""
    assert TOKENS.read(Form(token=token), "default", NOON).token_valid is False


def test_a_signature_is_needed_and_belongs_to_one_site_and_secret() -> None:
    """Another secret, another site or a changed letter spoils a token."""
    token = TOKENS.make("default", NOON)
    assert FormTokens(b"j" * 32).read(Form(token=token), "default", NOON).token_valid is False
    assert TOKENS.read(Form(token=token), "other", NOON).token_valid is False
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    assert TOKENS.read(Form(token=changed), "default", NOON).token_valid is False


def test_a_signed_thing_of_another_shape_is_refused() -> None:
    """What is signed with the same secret for another purpose is no form token."""
    for content in (
        5,
        [],
        ["default"],
        ["default", 1],
        ["default", "x", "n"],
        ["default", 10**30, "n"],
        {"a": 1},
    ):
        token = str(TOKENS._serializer.dumps(content))
        assert TOKENS.read(Form(token=token), "default", NOON).token_valid is False


def test_every_token_is_another() -> None:
    """Two forms served at one moment can be told apart."""
    assert TOKENS.make("default", NOON) != TOKENS.make("default", NOON)


def test_a_token_has_one_spelling() -> None:
    """What a signature may be written like besides is read as the token that was made."""
    token = TOKENS.make("default", NOON)
    spelled = [token[:-1] + last for last in ascii_letters + digits] + [f"{token}!!!!"]
    read = [TOKENS.read(Form(token=other), "default", NOON) for other in spelled]
    valid = [form.token for form in read if form.token_valid]
    assert len(valid) > 1
    assert set(valid) == {token}
