"""
Comments to measure with: about 200 characters each, no two alike, and one article.

Made of the words of our own corpus at random, as often as people use them. So repeats are as rare
as on a site: of a hundred words alone, each text would share a min-hash with one in a hundred
others, and the store would read and compare fifty rows a comment where real ones bring none.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

__all__ = ["ARTICLE", "WORDS", "comment_text"]

_CORPUS = Path(__file__).parents[2] / "training_data" / "comments.en.jsonl"
# Quotes and backslashes would have to be escaped twice, once for Lua and once for JSON.
_PLAIN = re.compile(r"[A-Za-z'’,.!?;:-]+")


def _words() -> list[str]:
    comments = map(json.loads, _CORPUS.read_text("utf-8").splitlines())
    harmless = (row["text"] for row in comments if not row["spam"] and not row["toxic"])
    return [word for text in harmless for word in text.split() if _PLAIN.fullmatch(word)]


WORDS = _words()
"""Words as written in harmless English comments, one after another: 20,000, a third distinct."""

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
