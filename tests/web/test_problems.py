"""The one table from errors to statuses, and what a problem may say."""

from __future__ import annotations

import pytest

from moderation import errors
from moderation.web.problems import BadInput, Unreadable, UnsupportedMedia, body_of, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unreadable(), 400),
        (errors.AccessDenied(), 401),
        (errors.AccessDenied(scope="admin"), 403),
        (errors.NotFound(), 404),
        (errors.BundleMissing(version="20200101-1"), 404),
        (errors.CaseConflict(current_version=3), 409),
        (errors.BundleRefused(), 409),
        (errors.TrainingBusy(), 409),
        (errors.Taken(field="key"), 409),
        (UnsupportedMedia(), 415),
        (errors.InputError(), 422),
        (BadInput([("a", "is required")]), 422),
        (errors.RateExceeded(), 429),
        (errors.StoreError(), 503),
        (errors.SchemaVersionError(), 503),
        (errors.ConfigError(), 500),
        (errors.PolicyError(), 500),
    ],
)
def test_each_error_has_one_status(error: errors.ModerationError, status: int) -> None:
    """Narrower errors come before wider ones."""
    assert status_of(error) == status
    body = body_of(error)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]


def test_fields_are_listed_in_order() -> None:
    """Every fault is there, the sentence shows the first ones."""
    body = body_of(BadInput([("a", "is required"), ("b.c", "must be text")]))
    assert body["errors"] == [
        {"field": "a", "message": "is required"},
        {"field": "b.c", "message": "must be text"},
    ]
    assert body["detail"] == "a is required; b.c must be text"


def test_a_conflict_says_the_current_version() -> None:
    """A moderator's client can look again without asking twice."""
    assert body_of(errors.CaseConflict(current_version=3))["current_version"] == 3
    assert "current_version" not in body_of(errors.CaseConflict())


def test_the_inside_stays_inside() -> None:
    """Neither a driver's words nor a bug's reach the caller."""
    for error in (errors.StoreError("INSERT 'words'"), errors.PolicyError("words", field="words")):
        assert "words" not in str(body_of(error))
