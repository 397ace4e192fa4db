"""
A made site with moderators of one mind: comments under its articles, and what they do with them.

Drawn with fixed seeds; the moderators are functions from a comment's text to "rejected".
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from moderation.classifiers.model import Item, LearnedModel
from moderation.classifiers.reject import REJECT
from moderation.terms import Article
from moderation.text import normalise
from moderation.training.rows import Row

__all__ = [
    "Moderators",
    "coin_flips",
    "comments",
    "is_about_the_harbour",
    "is_shouted",
    "likely",
    "verdicts",
]

Moderators = Callable[[str], bool]

_OPENINGS = (
    "nobody asked us about, I have waited years for, they never learn from, who still pays for, "
    "my brother works at, we walked past, it rained all day on, somebody should paint"
).split(", ")
_SUBJECTS = (
    "the tram, the school roof, that bridge, the harbour, the museum, our market hall, the pool"
).split(", ")
_ENDINGS = (
    "and it shows, once again, as my father did, for no good reason, before breakfast, "
    "with the whole family, at last, in my humble opinion"
).split(", ")


def comments(count: int, *, seed: int) -> list[str]:
    """Make remarks on things of a town, every third of them in capital letters."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        parts = (chance.choice(part) for part in (_OPENINGS, _SUBJECTS, _ENDINGS))
        text = f"{' '.join(parts)}, said number {number} of {seed}"
        made.append(text.upper() if chance.random() < 1 / 3 else text)
    return made


def is_shouted(text: str) -> bool:
    """Reject whatever is written in capitals."""
    return text.isupper()


def is_about_the_harbour(text: str) -> bool:
    """Reject one subject, and another one that belongs to it."""
    return "harbour" in text.lower() or "museum" in text.lower()


def coin_flips(seed: int = 0) -> Moderators:
    """Give moderators who contradict each other in every second case."""
    chance = random.Random(seed)
    return lambda text: chance.random() < 0.5


def verdicts(
    count: int, moderators: Moderators, *, seed: int, articles: int = 40, source: str = "labels"
) -> list[Row]:
    """Give so many verdicts, spread over articles."""
    return [
        Row(
            text=text,
            source=source,
            group=f"default/{number % articles}",
            language="en",
            article=Article(id=str(number % articles), title=f"Town news {number % articles}"),
            rejected=moderators(text),
        )
        for number, text in enumerate(comments(count, seed=seed))
    ]


def likely(model: LearnedModel, texts: Sequence[str]) -> list[float]:
    """Give how likely each of some comments is to be rejected."""
    found = model.score([Item(normalise(text), language="en") for text in texts])
    return [value for scores in found if (value := scores.values[REJECT]) is not None]
