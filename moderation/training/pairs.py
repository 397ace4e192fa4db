"""
Comment and article side by side: the rows that relevance learns from and is measured on.

Also makes the pairs nobody labelled: a real comment under an article it was not written under.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from moderation.classifiers.articles import ArticleAnalysis, analyse_text, article_digest
from moderation.classifiers.background import Background, centred, empty_background
from moderation.classifiers.meaning import unit
from moderation.classifiers.reading import Reader
from moderation.classifiers.relevance import PAIR_NAMES, Remarks, match
from moderation.terms import Article, RelevanceKind
from moderation.text import normalise
from moderation.training.harmless import COURTESIES, STRAYS
from moderation.training.rows import Row

__all__ = [
    "Pair",
    "Shelf",
    "is_pair",
    "make_fragments",
    "make_pairs",
    "make_shelf",
    "pair_features",
    "place_anywhere",
    "under_title",
]

Float32 = npt.NDArray[np.float32]

_FRAGMENT_WORDS = (2, 6)
_FRAGMENT_WEIGHT = 0.7
_TELLING_LETTERS = 5
# A fragment without a longer word is mostly of the kind "and so do I", which fits anywhere.


@dataclass(frozen=True, slots=True)
class Pair:
    """
    One comment under one article.

    Attributes:
        row: with `article` and `kind` set.
        index: of the row it was made from, in the list given.
        made: whether the article was swapped for another.
    """

    row: Row
    index: int
    made: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """
    The background that a model will carry, with the articles' ids.

    Attributes:
        background: the articles, ordered by language.
        ids: of each of them.
    """

    background: Background
    ids: npt.NDArray[np.str_]

    def without(self, language: str, ids: set[str]) -> npt.NDArray[np.float32]:
        """
        Give the articles of a language but some: float32, shape (n, MEANING_SIZE).

        In fitting, the article at hand and the one that a comment was written under are left out:
        in serving neither is there.
        """
        chosen = self.background.of(language)
        return self.background.vectors[chosen][~np.isin(self.ids[chosen], list(ids))]


def make_shelf(rows: Sequence[Row], reader: Reader) -> Shelf:
    """Make the background: the articles and comments of our own corpus among these rows."""
    own = [row for row in rows if row.source == "corpus" and row.article is not None]
    articles = {row.group: row.article for row in own if row.article is not None}
    ordered = sorted(articles, key=lambda name: (articles[name].language or "", name))
    languages = np.array([articles[name].language or "" for name in ordered], dtype="<U8")
    nothing = empty_background(reader.space.dimensions)
    sentences = [analyse_text(reader.space, articles[name], nothing).vectors for name in ordered]
    comments = np.array(
        [reader.read(normalise(row.text)).meaning.vector for row in own], np.float32
    ).reshape(len(own), reader.space.dimensions)
    written_in = np.array([row.language for row in own], dtype="<U8")
    codes = np.array(["", *sorted(set(languages.tolist()) & set(written_in.tolist()))])
    sentence_means, comment_means = [], []
    for code in codes:
        here = [
            part for part, known in zip(sentences, languages, strict=True) if code in ("", known)
        ]
        sentence_means.append(_mean(np.concatenate(here) if here else nothing.vectors))
        comment_means.append(_mean(comments[(written_in == code) | (code == "")]))
    rows_of = {code: place for place, code in enumerate(codes.tolist())}
    centres = [
        unit(centred(part, sentence_means[rows_of.get(language, 0)]).sum(axis=0))
        for part, language in zip(sentences, languages.tolist(), strict=True)
    ]
    background = Background(
        np.stack(centres) if centres else nothing.vectors,
        languages,
        codes,
        np.stack(sentence_means),
        np.stack(comment_means),
    )
    return Shelf(background, np.array(ordered, dtype=np.str_))


def _mean(vectors: Float32) -> Float32:
    """Average the vectors that say something."""
    telling = vectors[vectors.any(axis=1)]
    if not len(telling):
        return np.zeros(vectors.shape[1], np.float32)
    return np.asarray(telling.mean(axis=0), np.float32)


def is_pair(row: Row) -> bool:
    """Tell whether a row stands under an article that there is a text of, and its kind is known."""
    return row.kind is not None and row.article is not None and row.article.has_text


def make_pairs(rows: Sequence[Row], *, seed: int = 0) -> list[Pair]:
    """
    Give all labelled pairs, and for each on-topic or generic one the same under another article.

    What was on topic elsewhere is off topic under the other article of the same source and
    language; thin praise stays generic, wherever it stands.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret.
    shelves: dict[tuple[str, str], dict[str, Article]] = defaultdict(dict)
    usable = [(index, row) for index, row in enumerate(rows) if is_pair(row)]
    for _, row in usable:
        assert row.article is not None  # noqa: S101 - narrows the type.
        shelves[row.source, row.language].setdefault(row.group, row.article)
    pairs = []
    for index, row in usable:
        pairs.append(Pair(row, index, made=False))
        shelf = shelves[row.source, row.language]
        others = [group for group in shelf if group != row.group]
        if not others or row.kind is RelevanceKind.OFF_TOPIC:
            continue
        on_topic = row.kind is RelevanceKind.ON_TOPIC
        kind = RelevanceKind.OFF_TOPIC if on_topic else RelevanceKind.GENERIC
        other = shelf[chance.choice(others)]
        # The comment it answers stands under the old article and would give the game away.
        pairs.append(Pair(replace(row, article=other, kind=kind, parent=None), index, made=True))
    return pairs


def place_anywhere(rows: Sequence[Row], *, seed: int = 0) -> list[Pair]:
    """
    Put every courtesy and every stray under some article of our corpus in its language.

    The one is thin praise there, and the other off topic, as they would be under nearly any. In a
    language without an article of ours there is none to put them under.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret.
    shelves: dict[str, dict[str, Article]] = defaultdict(dict)
    for row in rows:
        if row.source == "corpus" and row.article is not None:
            shelves[row.language].setdefault(row.group, row.article)
    placed = []
    for index, row in enumerate(rows):
        if row.source in (COURTESIES, STRAYS) and shelves[row.language]:
            article = chance.choice(list(shelves[row.language].values()))
            placed.append(Pair(replace(row, article=article), index, made=False))
    return placed


def under_title(pair: Pair) -> Pair:
    """
    Give a pair as a site knows it that sends a title and a comment: neither text nor parent.

    Args:
        pair: any; one whose article has no title is left with an article that says nothing.
    """
    article = pair.row.article or Article()
    bare = Article(id=article.id, title=article.title, language=article.language)
    return replace(pair, row=replace(pair.row, article=bare, parent=None))


def make_fragments(rows: Sequence[Row], *, seed: int = 0) -> list[Row]:
    """
    Give short pieces of on-topic comments under other articles: all of them off topic.

    Most short comments that people label are thin praise, so heads that have seen no other short
    ones take every short comment for praise, "I want the jungle" included. The pieces say nothing
    of spam, toxicity or substance.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret.
    made = []
    for pair in make_pairs(rows, seed=seed + 1):
        row = pair.row
        if not pair.made or row.kind is not RelevanceKind.OFF_TOPIC:
            continue
        words = normalise(row.text).plain.split()
        size = chance.randint(*_FRAGMENT_WORDS)
        start = chance.randrange(max(1, len(words) - size + 1))
        piece = words[start : start + size]
        if any(len(word) >= _TELLING_LETTERS for word in piece):
            made.append(
                replace(
                    row,
                    text=" ".join(piece),
                    spam=None,
                    toxicity=None,
                    kinds=None,
                    substance=None,
                    rejected=None,
                    weight=row.weight * _FRAGMENT_WEIGHT,
                    fragment=True,
                )
            )
    return made


def _features_batch(
    pairs: Sequence[Pair],
    analyses: Sequence[ArticleAnalysis],
    reader: Reader,
    shelf: Shelf,
    idf: npt.NDArray[np.float32],
    remarks: Sequence[Remarks],
) -> npt.NDArray[np.float32]:
    made = np.zeros((len(pairs), len(PAIR_NAMES)), np.float32)
    for number, (pair, article) in enumerate(zip(pairs, analyses, strict=True)):
        made[number] = match(
            reader.read(normalise(pair.row.text)),
            article,
            space=reader.space,
            idf=idf,
            remarks=remarks[number],
            language=pair.row.language,
            background=shelf.background,
            others=shelf.without(
                article.language, {pair.row.group, (pair.row.article or Article()).id or ""}
            ),
            parent=reader.read(normalise(pair.row.parent)) if pair.row.parent else None,
        ).features
    return made


def pair_features(
    pairs: Sequence[Pair],
    reader: Reader,
    shelf: Shelf,
    idf: npt.NDArray[np.float32],
    remarks: Sequence[Remarks],
) -> npt.NDArray[np.float32]:
    """
    Measure all pairs.

    Args:
        pairs: to measure.
        reader: of the model being made.
        shelf: likewise.
        idf: float32, shape (2**NGRAM_BITS,).
        remarks: what other heads say of each row, by `Pair.index`.

    Returns:
        float32, shape (n_pairs, len(PAIR_NAMES)).
    """
    known: dict[str, ArticleAnalysis] = {}
    analyses = []
    for pair in pairs:
        article = pair.row.article or Article()
        digest = article_digest(article)
        if digest not in known:
            known[digest] = analyse_text(reader.space, article, shelf.background)
        analyses.append(known[digest])
    size = 256
    parts = Parallel(n_jobs=-1)(
        delayed(_features_batch)(
            pairs[i : i + size],
            analyses[i : i + size],
            reader,
            shelf,
            idf,
            [remarks[pair.index] for pair in pairs[i : i + size]],
        )
        for i in range(0, len(pairs), size)
    )
    return np.concatenate(parts) if parts else np.zeros((0, len(PAIR_NAMES)), np.float32)
