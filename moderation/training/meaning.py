"""
Teaches the meaning space: a vector for every common word, so that their sums mean what texts mean.

Everything else in training runs without this, on the space of the live model.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from moderation.classifiers.features import STEM_LENGTHS, Grams, grams
from moderation.classifiers.meaning import LONGEST_STEM, MEANING_SIZE, MeaningSpace, pack_rows
from moderation.text import normalise, split_sentences
from moderation.training.frequencies import FrequentWord, frequent_words, typed_in_latin
from moderation.training.rows import Row
from moderation.training.teacher import Teacher

__all__ = ["Lesson", "fit_table", "make_space", "teach", "texts_by_language"]

_RARE = 1e-4
# The `a` of Arora, Liang and Ma's weights a / (a + frequency), to start from; what a word weighs in
# the end is learned.
_START = 0.3
# Length of a rare word's vector at the start: texts of ten words then have a length of about one.

_USE_LANGUAGES = tuple("en ar es fr de ru tr pt zh it nl pl ja ko".split())
_E5_LANGUAGES = tuple("fa hi id uk vi sv ro el cs".split())
_MOST_PUBLIC = {"en": 12_000}
_MOST_PUBLIC_ELSEWHERE = 5_000
# Texts of the public sets a language: more of them moved no language by more than noise.

_LIKENESS = 20.0
_ROUNDS = 6
_BATCH = 256
_RATE = 2e-3
_SEEN = 2.0
# A word in so many texts is believed half; what is left is what words in general learned.

_NO_OTHERS: Mapping[str, str] = MappingProxyType({})

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """
    Texts of one language with what a teacher says of them.

    Attributes:
        tokens: csr_matrix, shape (n_texts, n_words), float32: 1 where a text has a word.
        likeness: float32, shape (n_texts, d), rows of length 1: their products are how alike the
            teacher finds two texts.
        target: float32, shape (n_texts, MEANING_SIZE), rows of length 1: where the texts should
            lie; None leaves that open.
    """

    tokens: csr_matrix
    likeness: Float32
    target: Float32 | None = None


def teach(rows: Sequence[Row], *, cache: Path, seed: int, say: Say) -> MeaningSpace:
    """
    Learn a meaning space from three teachers and the texts of the fitting split.

    Words start where a teacher puts them. Then texts pull: sums of words are moved until they are
    as alike as the teacher finds the texts, which also learns how much each word says. The
    languages that one teacher reads share its space, English takes its likenesses from a better
    one, and the others are mapped into the space and taught by a third. Words of a language with
    few texts, or none, move as the others did (decision record 0024).

    Args:
        rows: of the fitting split; no label is looked at.
        cache: folder where the teachers' answers are kept between runs.
        seed: of every random choice.
        say: told about progress.

    Raises:
        TrainingError: the `teacher` extra is missing or its weights are not those expected.
    """
    words = frequent_words()
    spoken = np.array([word.language for word in words.values()])
    spelt = list(words)
    use, e5, minilm = (Teacher(name, cache) for name in ("use", "e5", "minilm"))
    texts = texts_by_language(rows)
    count = sum(map(len, texts.values()))
    say(f"meaning: {len(words):,} words and {count:,} texts for the teachers; kept in {cache} …")
    index = _index(spelt)
    tokens = {language: _tokens(texts[language], index, len(spelt)) for language in texts}

    # 1. The languages that one teacher reads, in its space.
    said = {
        language: _centred(use.encode(texts[language], say))
        for language in _USE_LANGUAGES
        if texts[language]
    }
    axes = PCA(MEANING_SIZE, random_state=seed).fit(np.concatenate(list(said.values())))
    table = np.zeros((len(spelt), MEANING_SIZE), np.float32)
    for language in _USE_LANGUAGES:
        own = (spoken == language).nonzero()[0]
        table[own] = axes.transform(_centred(use.encode([spelt[i] for i in own], say)))
    known = np.isin(spoken, _USE_LANGUAGES)
    table[known] /= table[known].std(axis=0)
    table *= (_START * _weights(words, texts))[:, None]
    lessons = [
        Lesson(tokens[language], vectors, _unit(axes.transform(vectors)))
        for language, vectors in said.items()
        if language != "en"
    ]
    english = Lesson(tokens["en"], _centred(minilm.encode(texts["en"], say)))
    anchors = Lesson(tokens["en"], said["en"], _unit(axes.transform(said["en"])))
    say("meaning: fitting the table …")
    table = fit_table(table, [*lessons, english, anchors], seed=seed)

    # 2. The others: mapped by what English words are in both spaces, then taught.
    bridge = (spoken == "en").nonzero()[0]
    here = _centred(e5.encode([spelt[i] for i in bridge], say))
    mapping = Ridge(alpha=1.0).fit(here, _unit(table[bridge]))
    for language in _E5_LANGUAGES:
        own = (spoken == language).nonzero()[0]
        found = mapping.predict(_centred(e5.encode([spelt[i] for i in own], say)))
        found = _unit(found - found.mean(axis=0)) * np.sqrt(np.float32(MEANING_SIZE))
        table[own] = found * (_START * _weights(words, texts))[own, None]
    others = [
        Lesson(tokens[language], _centred(e5.encode(texts[language], say)))
        for language in _E5_LANGUAGES
        if texts[language]
    ]
    table = fit_table(table, others, seed=seed)
    return make_space(spelt, table, typed_in_latin(spelt))


def texts_by_language(rows: Sequence[Row]) -> dict[str, list[str]]:
    """
    Give the texts that the table is fitted to: comments, titles, sentences; each once.

    All of our own corpus; of others a number of each language, drawn by what they say, so that one
    text more changes no other and the teachers are asked of little. Labels are not looked at.
    """
    own: dict[str, list[str]] = defaultdict(list)
    public: dict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    for row in rows:
        shelf = own if row.source == "corpus" else public
        shelf[row.language].append(row.text)
        if row.article is not None and row.group not in seen:
            seen.add(row.group)
            body = split_sentences(normalise(row.article.body or "").plain, limit=120)
            shelf[row.language] += [row.article.title or "", *body]
        elif row.source.startswith("articles_") and row.text:
            shelf[row.language] += split_sentences(normalise(row.text).plain, limit=25)
    found = {}
    for language in (*_USE_LANGUAGES, *_E5_LANGUAGES):
        more = sorted({text for text in public[language] if len(text) > 25}, key=_lot)
        most = _MOST_PUBLIC.get(language, _MOST_PUBLIC_ELSEWHERE)
        found[language] = list(dict.fromkeys([*filter(str.strip, own[language]), *more[:most]]))
    return found


def _lot(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()


def fit_table(
    table: Float32, lessons: Sequence[Lesson], *, seed: int, rounds: int = _ROUNDS
) -> Float32:
    """
    Move word vectors until sums of words are as alike as a teacher finds the texts.

    Loss of a batch: the squared difference of all likenesses in it (a relational distillation, as
    Park and others, CVPR 2019), and 1 − cosine to the targets. Adam (Kingma and Ba, 2015), only for
    the rows that a batch touches.

    Args:
        table: float32, shape (n_words, MEANING_SIZE): where words start; not written to.
        lessons: texts by language; batches never mix two.
        seed: for their order.
        rounds: through all texts.

    Returns:
        float32, shape (n_words, MEANING_SIZE). Words that no text has move as the others did on the
        whole, by a ridge regression from start to end.
    """
    moved = table.copy()
    first, second = np.zeros_like(table), np.zeros_like(table)
    chance = np.random.default_rng(seed)
    step = 0
    for _ in range(rounds):
        batches = [
            (lesson, part)
            for lesson in lessons
            for part in _batches(chance.permutation(lesson.tokens.shape[0]))
        ]
        for place in chance.permutation(len(batches)):
            lesson, part = batches[place]
            step += 1
            tokens = lesson.tokens[part]
            touched = np.unique(tokens.indices)
            tokens = tokens[:, touched]
            gradient = tokens.T @ _pull(tokens @ moved[touched], lesson, part)
            first[touched] = 0.9 * first[touched] + 0.1 * gradient
            second[touched] = 0.999 * second[touched] + 0.001 * gradient**2
            speed = _RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            moved[touched] -= speed * first[touched] / (np.sqrt(second[touched]) + 1e-8)
    counts = np.sum([np.asarray(x.tokens.sum(axis=0)).ravel() for x in lessons], axis=0)
    return _spread(table, moved, counts)


def _batches(order: Int64) -> list[Int64]:
    return [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]


def _pull(sums: Float32, lesson: Lesson, part: Int64) -> Float32:
    """Give the gradient of a batch's loss at its sums of words."""
    lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-6
    units = sums / lengths
    likeness = lesson.likeness[part]
    off = units @ units.T - likeness @ likeness.T
    gradient = (4 * _LIKENESS / off.size) * (off @ units)
    if lesson.target is not None:
        gradient -= lesson.target[part] / len(part)
    gradient -= (gradient * units).sum(axis=1, keepdims=True) * units
    return np.asarray(gradient / lengths, np.float32)


def _spread(table: Float32, moved: Float32, counts: npt.NDArray[np.float64]) -> Float32:
    often = counts >= 3
    if often.sum() < MEANING_SIZE:
        return moved
    general = Ridge(alpha=10.0).fit(table[often], moved[often], np.minimum(counts[often], 20))
    believed = (counts / (counts + _SEEN)).astype(np.float32)[:, None]
    # A word of a language that these lessons did not hold stays where it was.
    here = (counts > 0) | (np.abs(table).sum(axis=1) > 0)
    spread = believed * moved + (1 - believed) * general.predict(table).astype(np.float32)
    return np.where(here[:, None], spread, moved).astype(np.float32)


def make_space(
    spelt: Sequence[str], table: Float32, typed: Mapping[str, str] = _NO_OTHERS
) -> MeaningSpace:
    """
    Lay word vectors out as serving reads them, with stems for the words that are not there.

    Args:
        spelt: words; of those that fold to the same the first is kept.
        table: float32, shape (n_words, MEANING_SIZE).
        typed: other spellings, each with the word of `spelt` that it stands for and whose row it
            shares; one that is a word or a stem already stays that.
    """
    # Each key with the places whose mean its row is; equal places share a row.
    means: dict[int, tuple[int, ...]] = {}
    stems: dict[int, list[int]] = defaultdict(list)
    for place, word in enumerate(spelt):
        hashed = grams(normalise(word).folded)
        key = _key(hashed)
        if key is not None and key not in means:
            means[key] = (place,)
            if hashed.words.size == 1:
                found = hashed.stems[STEM_LENGTHS.index(LONGEST_STEM) :, 0]
                for stem in found[found > 0]:
                    stems[int(stem)].append(place)
    means |= {stem: tuple(places) for stem, places in stems.items()}
    place_of = {word: place for place, word in enumerate(spelt)}
    for spelling, word in typed.items():
        key = _key(grams(normalise(spelling).folded))
        if key is not None:
            means.setdefault(key, (place_of[word],))
    keys = sorted(means)
    rows = {places: number for number, places in enumerate(dict.fromkeys(means[k] for k in keys))}
    packed, scale, norms = pack_rows(np.stack([table[list(p)].mean(axis=0) for p in rows]))
    return MeaningSpace(
        words=np.array(keys, np.uint64),
        row_of=np.array([rows[means[key]] for key in keys], np.uint32),
        rows=packed,
        scale=scale,
        norms=norms,
    )


def _index(spelt: Sequence[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for place, word in enumerate(spelt):
        key = _key(grams(normalise(word).folded))
        if key is not None:
            found.setdefault(key, place)
    return found


def _key(word: Grams) -> int | None:
    """Give the hash of a word; None for one of three or more parts, as the text room cuts them."""
    size = word.words.size
    return int(word.phrases()[size - 1][0]) if 1 <= size <= 2 else None


def _tokens(texts: Sequence[str], index: Mapping[int, int], width: int) -> csr_matrix:
    indices: list[int] = []
    ends = [0]
    for text in texts:
        hashed = grams(normalise(text).folded)
        every = np.concatenate((hashed.words, hashed.bigrams)).tolist()
        indices += sorted({index[word] for word in every if word in index})
        ends.append(len(indices))
    return csr_matrix(
        (np.ones(len(indices), np.float32), np.array(indices, np.int64), np.array(ends)),
        shape=(len(texts), width),
    )


def _weights(
    words: Mapping[str, FrequentWord], texts: Mapping[str, Sequence[str]]
) -> npt.NDArray[np.float32]:
    """Weigh words by how rare they are, in general and in comments: 0..1."""
    shares: dict[str, float] = {}
    for several in texts.values():
        counts: Counter[str] = Counter()
        for text in several:
            counts.update(normalise(text).folded.split())
        total = max(1, sum(counts.values()))
        for word, count in counts.items():
            if count >= 4:
                shares[word] = max(shares.get(word, 0.0), (count - 2) / total)
    # What people say all the time in comments is rare in books: "lol" says little here.
    share = np.array([max(w.share, shares.get(text, 0.0)) for text, w in words.items()])
    return (_RARE / (_RARE + share)).astype(np.float32)


def _centred(vectors: Float32) -> Float32:
    # What all texts of a language share is the language, not what they speak of.
    return _unit(vectors - vectors.mean(axis=0))


def _unit(vectors: npt.NDArray[np.floating]) -> Float32:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors / lengths, np.float32)
