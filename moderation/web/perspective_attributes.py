"""
Which Perspective attribute is which of our scores.

Names only; asks no model. An attribute without a score of ours is not here, so that nobody can
invent a number for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from moderation.web.perspective_errors import Refusal

__all__ = ["ATTRIBUTES", "KNOWN", "Attribute", "find_attribute", "unknown"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """
    One attribute in terms of ours.

    Attributes:
        head: the score it is.
        inverted: whether it is one minus the score.
    """

    head: str
    inverted: bool = False

    def value(self, values: Mapping[str, float | None]) -> float | None:
        """Give the attribute's value 0..1, or None when the score was not given."""
        score = values.get(self.head)
        if score is None:
            return None
        return round(1 - score if self.inverted else score, 4)


_MEASURED = {
    "TOXICITY": Attribute("toxicity"),
    "INSULT": Attribute("insult"),
    "THREAT": Attribute("threat"),
    "PROFANITY": Attribute("profanity"),
    "IDENTITY_ATTACK": Attribute("identity_attack"),
    "SEXUALLY_EXPLICIT": Attribute("sexual"),
    "SPAM": Attribute("spam"),
    "UNSUBSTANTIAL": Attribute("substance", inverted=True),
    "OFF_TOPIC": Attribute("relevance", inverted=True),
    # Given only by a model that learned it from verdicts; no other score stands in for it.
    "LIKELY_TO_REJECT": Attribute("likely_to_reject"),
}

_ALSO_EXPERIMENTAL = ("TOXICITY", "INSULT", "THREAT", "PROFANITY", "IDENTITY_ATTACK")

ATTRIBUTES: Mapping[str, Attribute] = {
    **_MEASURED,
    **{f"{name}_EXPERIMENTAL": _MEASURED[name] for name in _ALSO_EXPERIMENTAL},
}
"""Name -> what it is here. Whether the live model gives the score is another question."""

KNOWN = frozenset(ATTRIBUTES) | frozenset(
    """
    SEVERE_TOXICITY SEVERE_TOXICITY_EXPERIMENTAL FLIRTATION TOXICITY_FAST ATTACK_ON_AUTHOR
    ATTACK_ON_COMMENTER INCOHERENT INFLAMMATORY OBSCENE AFFINITY_EXPERIMENTAL
    COMPASSION_EXPERIMENTAL CURIOSITY_EXPERIMENTAL NUANCE_EXPERIMENTAL
    PERSONAL_STORY_EXPERIMENTAL REASONING_EXPERIMENTAL RESPECT_EXPERIMENTAL
    ALIENATION_EXPERIMENTAL FEARMONGERING_EXPERIMENTAL GENERALIZATION_EXPERIMENTAL
    MORAL_OUTRAGE_EXPERIMENTAL POWER_APPEAL_EXPERIMENTAL SCAPEGOATING_EXPERIMENTAL
    """.split()
)
"""Every name Perspective ever documented, and ours."""


_NAME = re.compile(r"(\w+)(?:@\d{1,9})?")


def find_attribute(name: str) -> Attribute | None:
    """
    Give what an attribute is here; None for one of Perspective's that we have no score for.

    Args:
        name: as asked; ``TOXICITY@6`` means TOXICITY, of which there is one version here.

    Raises:
        Refusal: nobody ever documented such an attribute.
    """
    found = _NAME.fullmatch(name)
    if found is None or found[1] not in KNOWN:
        raise unknown(name)
    return ATTRIBUTES.get(found[1])


def unknown(name: str) -> Refusal:
    """Give Perspective's error for an attribute that cannot be had."""
    return Refusal(f"Unknown requested attribute: {name[:100]}")
