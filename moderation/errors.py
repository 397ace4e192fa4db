"""
The one error tree of the product; every room raises from here, `web` alone turns it into statuses.

Imports nothing of the project and nothing of any framework.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath

__all__ = [
    "AccessDenied",
    "BundleMissing",
    "BundleRefused",
    "CaseConflict",
    "ConfigError",
    "CorpusError",
    "InputError",
    "ModelError",
    "ModerationError",
    "NotFound",
    "OutboundFailed",
    "OutboundRefused",
    "PolicyError",
    "RateExceeded",
    "SchemaVersionError",
    "SourceError",
    "StoreError",
    "Taken",
    "TrainingBusy",
    "TrainingError",
    "describe",
]


class ModerationError(Exception):
    """
    Root of every error this product raises on purpose. Never raised itself.

    Attributes:
        message: one sentence a person can act on.
        field: the input field, setting or file entry at fault, dotted (``comment.text``), or None.
    """

    default_message = "Something went wrong."

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = message or self.default_message
        self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class ConfigError(ModerationError):
    """A setting is missing or wrong; `field` names it. The service refuses to start."""

    default_message = "A setting is wrong."


class InputError(ModerationError):
    """A caller sent something that cannot be read; `field` names what."""

    default_message = "The input cannot be read."


class Taken(InputError):
    """What has to be the only one of its kind exists already; `field` names it."""

    default_message = "This exists already."


class NotFound(ModerationError):
    """The comment, article, case, model or key asked for does not exist."""

    default_message = "There is no such thing here."


class AccessDenied(ModerationError):
    """
    The caller did not say who it is, or may not do this.

    Attributes:
        scope: the scope that was needed, or None when the caller is unknown.
    """

    default_message = "This needs a valid key."

    def __init__(
        self, message: str | None = None, *, scope: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.scope = scope


class RateExceeded(ModerationError):
    """
    A key used up its requests for now.

    Attributes:
        retry_after_seconds: when the next request will be taken, in whole seconds, at least 1.
    """

    default_message = "Too many requests for this key."

    def __init__(self, message: str | None = None, *, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = max(1, retry_after_seconds)


class PolicyError(ModerationError):
    """A policy file is wrong; `field` is the dotted key in it."""

    default_message = "The policy cannot be read."


class ModelError(ModerationError):
    """
    Something is wrong with a model bundle.

    Attributes:
        version: the bundle's version, when known.
    """

    default_message = "The model cannot be used."

    def __init__(
        self, message: str | None = None, *, version: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.version = version


class BundleMissing(ModelError, NotFound):
    """No bundle of that version exists."""

    default_message = "There is no model of that version."


class BundleRefused(ModelError):
    """A bundle exists but must not be loaded: wrong digest, other library, moved canaries."""

    default_message = "The model was refused."


class OutboundRefused(InputError):
    """An address that we are asked to call may not be called; trying again is no use."""

    default_message = "This address may not be called from here."


class OutboundFailed(ModerationError):
    """Somebody else's server did not answer as it should; trying again may help."""

    default_message = "The other server did not answer."


class StoreError(ModerationError):
    """The store cannot be reached or refused a write; the cause is chained."""

    default_message = "The store did not answer."


class SchemaVersionError(StoreError):
    """
    The store was made by another version of the product; the message names the command.

    Attributes:
        found: the version the store has, or None when there is no store yet.
    """

    default_message = "The store has another schema version."

    def __init__(self, message: str | None = None, *, found: str | None = None) -> None:
        super().__init__(message)
        self.found = found


class CaseConflict(ModerationError):
    """
    A case changed between reading and settling it.

    Attributes:
        current_version: the case's version now, or None when it is not known.
    """

    default_message = "Somebody settled this case first."

    def __init__(self, message: str | None = None, *, current_version: int | None = None) -> None:
        super().__init__(message, field="version")
        self.current_version = current_version


class TrainingError(ModerationError):
    """Training cannot go on; the live model stays."""

    default_message = "Training stopped."


class TrainingBusy(TrainingError):
    """Another training run holds the models folder."""

    default_message = "Another training run is under way."


class CorpusError(TrainingError):
    """A row of the corpus breaks its schema; `field` is file:line and key."""

    default_message = "A corpus row is wrong."


class SourceError(TrainingError):
    """A public data set is missing, or its digest is not the one expected."""

    default_message = "A data set cannot be used."


def describe(error: BaseException) -> dict[str, str]:
    """
    Give the kind of an error and the innermost places it came through, for a log.

    Without its message: that can quote the comment it stumbled over.
    """
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = (f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return {"error": type(error).__name__, "where": " > ".join(places)}
