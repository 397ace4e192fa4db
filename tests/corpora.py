"""
A small corpus for tests that train: part of the shipped one.

Whole articles with their comments, unchanged; see `training.made_corpus` for made rows.
"""

from __future__ import annotations

import json
from pathlib import Path

from moderation.training.rows import Row, Split, split_of

__all__ = ["CORPUS", "write_small_corpus"]

CORPUS = Path(__file__).parents[1] / "training_data"

_LANGUAGES = ("ar", "en", "fa")
# Twelve would make every test that trains four times as long, and show the same.

_ARTICLES = dict.fromkeys(Split, 1)
"""Of each language: about 25 rows an article."""


def write_small_corpus(folder: Path) -> None:
    """Write about 250 rows of three languages and every split to `folder`."""
    for language in _LANGUAGES:
        path = CORPUS / f"articles.{language}.jsonl"
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
