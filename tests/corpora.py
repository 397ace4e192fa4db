"""
Small corpora: part of the shipped one, for tests that train, and one of rows made here.

Copies of the shipped rows are whole articles with their comments, unchanged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from moderation.training.rows import Row, Split, split_of

__all__ = ["ARTICLE", "COMMENT", "CORPUS", "write_corpus", "write_small_corpus"]

CORPUS = Path(__file__).parents[1] / "training_data"

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

_ARTICLES = dict.fromkeys(Split, 1)
"""Of each language: about 25 rows an article."""


def write_small_corpus(folder: Path) -> None:
    """Write about 200 rows of every language and split to `folder`."""
    for path in sorted(CORPUS.glob("articles.*.jsonl")):
        language = path.name.split(".")[1]
        left = dict(_ARTICLES)
        articles = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            name = json.loads(line)["id"]
            split = split_of(Row("", "corpus", name))
            if left[split]:
                left[split] -= 1
                articles[name] = line
        comments = (CORPUS / f"comments.{language}.jsonl").read_text(encoding="utf-8")
        kept = [line for line in comments.splitlines() if json.loads(line)["article"] in articles]
        (folder / path.name).write_text("\n".join(articles.values()), encoding="utf-8")
        (folder / f"comments.{language}.jsonl").write_text("\n".join(kept), encoding="utf-8")


def write_corpus(
    folder: Path, *comments: object, articles: tuple[object, ...] = (ARTICLE,)
) -> Path:
    """Write an English corpus; a line that is bytes is written as it is."""

    def line(entry: object) -> bytes:
        return entry if isinstance(entry, bytes) else json.dumps(entry).encode()

    folder.mkdir(exist_ok=True)
    (folder / "articles.en.jsonl").write_bytes(b"\n".join(line(a) for a in articles) + b"\n")
    (folder / "comments.en.jsonl").write_bytes(b"\n".join(line(c) for c in comments) + b"\n")
    return folder
