"""
Comments to measure with: about 200 characters each, no two alike, and one article.

Made from words at random, so that repeats are as rare as they are on a site.
"""

from __future__ import annotations

import random

__all__ = ["ARTICLE", "WORDS", "comment_text"]

WORDS = (
    "the council delayed tram again and nobody is surprised because every spring engineers "
    "find new cracks in old bridges while shops along our street lose money people wait for "
    "buses that never come my neighbour sold her bakery last year after months of dust noise "
    "detours promises why does mayor always speak about patience when budget grows faster "
    "than rails children walk to school between fences trees were cut parking vanished "
    "cyclists complain drivers complain too maybe it will be good some day but honestly how "
    "many years do we need for three kilometres other cities built whole lines with half this "
    "money someone should check contracts workers are not to blame they get late drawings "
    "from office somebody must answer before next election I would rather have small repairs "
    "now than large plans later thanks for reporting please ask them "
).split()

ARTICLE = {
    "id": "bench",
    "title": "Council delays the new tram line again",
    "body": (
        "The city council has put off the opening of the tram line to the harbour until spring. "
        "Engineers found cracks in two bridges, and the repair will cost four million. "
        "Shop owners along the route say that the noise and the dust drive their customers away. "
        "The mayor asked for patience and promised a new schedule within the month. "
        "It is the third delay since work began, and the budget has grown by a third. "
    )
    * 4,
}


def comment_text(number: int) -> str:
    """Give a comment of 180 to 210 characters; the same for the same number."""
    chance = random.Random(number)
    words: list[str] = []
    length = 0
    while length < 190:
        word = chance.choice(WORDS)
        words.append(word)
        length += len(word) + 1
    return " ".join(words).capitalize() + "."
