"""
The languages of one request to Perspective: asked for, detected, and measured or not.

Names languages only; scores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.text import UNKNOWN, likeliest_language, normalise
from moderation.web.perspective_errors import Refusal

__all__ = ["MEASURED_LANGUAGES", "UNDETERMINED", "Languages", "name_language", "supports"]

MEASURED_LANGUAGES = frozenset("ar de en es fa fr hi id pt ru tr zh".split())
"""The languages of our corpus, whose held-back rows every score is measured on before a model goes
live; nothing is known of how a score does in any other."""

UNDETERMINED = "und"

_NOT_IN_LATIN = frozenset("ar fa hi ru zh".split())


@dataclass(frozen=True, slots=True)
class Languages:
    """
    The languages of one answer.

    Attributes:
        requested: as sent, or empty.
        detected: the best guess, as a list of one.
        unsupported: those in question in which no score was measured.
    """

    requested: list[str]
    detected: list[str]
    unsupported: list[str]

    @classmethod
    def of(
        cls, requested: Sequence[str], text: str, found: str, *, any_language: bool
    ) -> Languages:
        """
        Settle the languages of a comment.

        Args:
            requested: as sent; the comment's own language is detected when there is none.
            found: what the product detected, or "unknown".
            any_language: whether a score is given in every language.

        Raises:
            Refusal: none was requested, none can be told, and one is needed.
        """
        detected = name_language(text, found)
        if detected == UNDETERMINED and not requested and not any_language:
            raise Refusal("Unable to detect language", kind="LANGUAGE_DETECTION_FAILED")
        judged = [] if any_language else requested or [detected]
        unsupported = [name for name in judged if not supports(name)]
        return cls(list(requested), [detected], unsupported)

    def refusal(self, attribute: str) -> Refusal | None:
        """Give Perspective's error for an attribute in these languages, None when it has none."""
        if not self.unsupported:
            return None
        data: dict[str, object] = {"detectedLanguages": self.detected, "attribute": attribute}
        if self.requested:
            data["requestedLanguages"] = self.requested
        shown = ", ".join(self.unsupported)
        return Refusal(
            f"Attribute {attribute} does not support request languages: {shown}",
            kind="LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
            data={"languageNotSupportedByAttributeError": data},
        )


def name_language(text: str, found: str) -> str:
    """
    Name the language of a text for a client that expects a name.

    The product calls it unknown unless it is nearly certain, so of nearly every text of two words.
    Perspective did not, and our scores do not depend on the name.

    Args:
        found: what the product detected, or "unknown".
    """
    if found != UNKNOWN:
        return found
    likeliest = likeliest_language(normalise(text), MEASURED_LANGUAGES)
    return UNDETERMINED if likeliest == UNKNOWN else likeliest


def supports(language: str) -> bool:
    """
    Tell whether scores were measured in a language.

    Args:
        language: a BCP 47 tag; the region makes no difference, and a script only where it is not
            the one that the language is written in, as in ``hi-Latn``.
    """
    primary, *rest = language.lower().replace("_", "-").split("-")
    return primary in MEASURED_LANGUAGES and not (primary in _NOT_IN_LATIN and "latn" in rest)
