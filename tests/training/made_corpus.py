"""
Small corpora on disk, sound but for what a test changes.

Writes files and reads none; no row is from the shipped corpus.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

from moderation.training.rows import Row, Split, split_of

__all__ = ["ARTICLE", "COMMENT", "article_for", "every_label", "other", "remarks", "write"]

ARTICLE: dict[str, Any] = {
    "id": "en-a1",
    "lang": "en",
    "section": "city",
    "title": "Tram late again",
    "body": "Cracks in two bridges delay the tram.",
}
COMMENT: dict[str, Any] = {
    "id": "en-a1-c1",
    "article": "en-a1",
    "lang": "en",
    "text": "My street was closed for a year.",
    "spam": False,
    "toxic": False,
    "relevance": "on_topic",
    "substance": True,
    "family": None,
    "why": "Speaks of the works.",
    "parent": None,
}


def write(
    folder: Path,
    *comments: object,
    articles: Iterable[object] = (ARTICLE,),
    language: str = "en",
) -> Path:
    """Write a corpus; a line that is bytes is written as it is."""

    def line(entry: object) -> bytes:
        return entry if isinstance(entry, bytes) else json.dumps(entry).encode()

    (folder / f"articles.{language}.jsonl").write_bytes(b"\n".join(map(line, articles)) + b"\n")
    (folder / f"comments.{language}.jsonl").write_bytes(b"\n".join(map(line, comments)) + b"\n")
    return folder


def other(**changes: object) -> dict[str, Any]:
    """Give a second comment, good but for the changes."""
    return {**COMMENT, "id": "en-a1-c2", "text": "The noise starts at six.", **changes}


def every_label(article: str = "en-a1", **changes: object) -> list[dict[str, Any]]:
    """Give a comment of each label, so that no language lacks one."""
    spam = {"spam": True, "relevance": None, "substance": False, "family": "crypto"}
    toxic = {"toxic": True, "substance": False, "family": "insult"}
    labelled: list[tuple[str, dict[str, Any]]] = [
        ("My street was closed for a year.", {}),
        ("Lovely piece, thank you!", {"relevance": "generic", "substance": False}),
        ("Who has seen our grey cat?", {"relevance": "off_topic"}),
        ("Triple your savings with my signals", spam),
        ("The mayor is a brainless toad", toxic),
    ]
    return [
        {**COMMENT, "id": f"{article}-c{number}", "article": article, "text": text}
        | labels
        | changes
        for number, (text, labels) in enumerate(labelled, start=1)
    ]


def remarks(number: int, article: str = "en-a1") -> list[dict[str, Any]]:
    """Give as many comments on the topic, of which no two are alike."""
    draw = random.Random(7)
    return [
        other(
            id=f"{article}-c{place}",
            article=article,
            text=" ".join("".join(draw.choices("abcdefghiklmnoprstuvwy", k=6)) for _ in range(6)),
        )
        for place in range(100, 100 + number)
    ]


def article_for(split: Split, language: str = "en", **changes: object) -> dict[str, Any]:
    """Give an article whose comments are in a split."""
    for number in count(100):
        name = f"{language}-a{number}"
        if split_of(Row(text="", source="corpus", group=name)) is split:
            # Numbers and names only, so that articles made for different splits are not alike.
            return {**ARTICLE, "id": name, "lang": language, "title": name, "body": split} | changes
    raise AssertionError
