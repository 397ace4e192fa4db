"""
Public sets for measuring only: research data that a finished model is tried on and never learns.

Reads what `sources.toml` marks so; fits nothing, and training never calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from moderation.classifiers.model import Model
from moderation.config import Config
from moderation.terms import RelevanceKind
from moderation.training.fit import targets
from moderation.training.outcomes import Outcome, outcome
from moderation.training.pairs import make_pairs
from moderation.training.rows import Row, deduplicate, draw
from moderation.training.serving import score_rows
from moderation.training.sources import EVALUATE, present_sources, read_source, read_sources

__all__ = ["measure_sets", "read_sets"]

_ROWS = 2000
# Of each set: an interval of .02 or so, in seconds.

_SHORTEST = 20
# Characters of a comment whose title it should be told by: of "lol" nobody can say.

_GOALS = {"olid_tweets": "olid_auc", "reddit_title_comment": "own_article_auc"}


def read_sets(
    config: Config, known: Sequence[Row], *, say: Callable[[str], None] = lambda line: None
) -> list[Row]:
    """
    Read the sets for measuring that are here: at most 2,000 rows of each, drawn by their lots.

    Args:
        config: where they are: `evaluate_dir`, or `data_dir` where that is not set.
        known: rows of every source there is to learn from; copies of them are left out.
        say: told what is read.

    Raises:
        SourceError: a set is not the one expected.
    """
    listed = config.corpus_dir / "sources.toml"
    entries = read_sources(listed) if listed.exists() else []
    folder = config.evaluate_dir or config.data_dir
    setting = "evaluate_dir" if config.evaluate_dir else "data_dir"
    sources = [source for source in entries if source.use == EVALUATE]
    present = present_sources(sources, folder, setting=setting)
    found: list[Row] = []
    for source in present:
        assert folder is not None  # noqa: S101 - narrows the type.
        rows = read_source(source, folder)
        if source.head == "relevance":
            rows = [row for row in rows if len(row.text) >= _SHORTEST and row.kind is not None]
        found += draw(rows, _ROWS)
    names = {source.name for source in present}
    if not names:
        return []
    rows = [row for row in deduplicate([*known, *found]) if row.source in names]
    say(f"read {len(rows):,} rows of {len(names)} sets for measuring only")
    return rows


def measure_sets(model: Model, rows: Sequence[Row], *, seed: int = 0) -> list[Outcome]:
    """
    Measure a model on sets that it never saw, through the path that comments take.

    Args:
        model: to measure.
        rows: of `read_sets`.
        seed: of the bootstrap, and of which comments go under which other title.

    Returns:
        ROC-AUC of each set: of its head, or of comments under their own title against the same ones
        under another's.
    """
    asked: list[tuple[str, Row, float]] = []
    for head in ("spam", "toxicity"):
        for row, wanted in zip(rows, targets(rows, head), strict=True):
            if not np.isnan(wanted) and head not in row.assumed:
                asked.append((head, row, float(wanted)))
    for pair in make_pairs(rows, seed=seed):
        own = pair.row.kind is not RelevanceKind.OFF_TOPIC
        asked.append(("relevance", pair.row, float(own)))
    scores = score_rows(model, [row for _, row, _ in asked])
    heads = np.array([head for head, _, _ in asked], dtype=np.str_)
    sources = np.array([row.source for _, row, _ in asked], dtype=np.str_)
    groups = np.array([f"{row.source}/{row.group}" for _, row, _ in asked], dtype=np.str_)
    wanted = np.array([value for _, _, value in asked], np.float64)
    said = np.array(
        [_number(found.values[head]) for (head, _, _), found in zip(asked, scores, strict=True)],
        np.float64,
    )
    found = []
    for head in ("spam", "toxicity", "relevance"):
        for source in dict.fromkeys(sources[heads == head].tolist()):
            here = (heads == head) & (sources == source)
            work = "relevance, own title against another" if head == "relevance" else head
            found.append(
                outcome(
                    work,
                    source,
                    "ROC-AUC",
                    wanted[here],
                    said[here],
                    groups[here],
                    seed=seed,
                    goal=_GOALS.get(source),
                )
            )
    return found


def _number(probability: float | None) -> float:
    # A head that failed is measured as one that does not know.
    return 0.5 if probability is None else probability
