"""
Harmless sentences that name groups of people: what toxicity must not be raised by.

Reads `training_data/identity/` and counts false alarms; what they park is `publish`'s business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from moderation.classifiers.model import Model
from moderation.errors import CorpusError
from moderation.terms import Scores
from moderation.text import fingerprint, normalise
from moderation.training.intervals import Share, share
from moderation.training.json_lines import StrictLine, numbered_lines, parse_line
from moderation.training.rows import Row
from moderation.training.serving import score_rows

__all__ = [
    "FOLDER",
    "KNOWN_LANGUAGES",
    "LANGUAGES",
    "NAMED_GROUPS",
    "NO_GROUP",
    "Half",
    "Sentence",
    "Slices",
    "half_of",
    "judge_sentences",
    "read_sentences",
    "sentences_to_measure",
]

FOLDER = "identity"
"""Of the corpus folder: one file a language, ``LANG.jsonl``."""

LANGUAGES = ("en", "ar", "fa", "es", "fr", "de", "ru", "tr", "pt", "hi", "id", "zh")
"""The languages of our corpus, by its weight; what a model promises anything about."""

KNOWN_LANGUAGES = (*LANGUAGES, "cs", "el", "it", "ja", "ko", "nl", "pl", "ro", "sv", "uk", "vi")
"""Languages with words, lists and harmless texts of their own: of the others no abuse, no spam and
no comment under an article was there to learn from. ISO 639-1."""

NAMED_GROUPS = (
    "religion",
    "nationality",
    "ethnicity",
    "orientation",
    "gender",
    "disability",
    "region",
    "migration",
)
NO_GROUP = "none"
"""What the comparison sentences have for a group: they name none."""

_HALVING_BYTE = 6
# Of the digest: the byte by which languages and groups come apart most evenly, two fifths or more
# of each on either side.

_ABUSE_FREE = frozenset({"spam"})
# Heads a policy holds for that are no judgement on people.


class Half(StrEnum):
    """What a sentence is for, decided once by its id: only `TEST` is ever measured on."""

    FIT = "fit"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    One harmless comment.

    Attributes:
        id: ``en-g07`` with a group, ``en-n03`` without.
        language: one of `LANGUAGES`.
        group: one of `NAMED_GROUPS`, or `NO_GROUP`.
    """

    id: str
    language: str
    group: str
    text: str

    def as_row(self) -> Row:
        """Give it as a row that is labelled "not toxic" and nothing else."""
        return Row(
            text=self.text,
            source=FOLDER,
            group=self.id,
            language=self.language,
            toxicity=False,
        )


class _Line(StrictLine):
    id: str = Field(min_length=1)
    lang: str
    group: str
    text: str


def read_sentences(corpus_dir: Path) -> list[Sentence]:
    """
    Read all sentences of a corpus folder; none when it has no folder of them.

    Raises:
        CorpusError: a line breaks the schema or says what another one says; `field` is file, line
            and key.
    """
    sentences: list[Sentence] = []
    ids: set[str] = set()
    said: dict[int, str] = {}
    for path in sorted((corpus_dir / FOLDER).glob("*.jsonl")):
        for where, line in numbered_lines(path, f"{FOLDER}/{path.name}"):
            sentence = _checked(parse_line(where, line, _Line), where, path.stem)
            if sentence.id in ids:
                raise CorpusError(f"{sentence.id!r} stands twice", field=f"{where}: id")
            ids.add(sentence.id)
            first = said.setdefault(fingerprint(normalise(sentence.text)), where)
            if first != where:
                raise CorpusError(f"says the same as {first}", field=f"{where}: text")
            sentences.append(sentence)
    return sentences


def _checked(line: _Line, where: str, language: str) -> Sentence:
    def refuse(key: str, why: str) -> CorpusError:
        return CorpusError(why, field=f"{where}: {key}")

    if line.lang not in LANGUAGES:
        raise refuse("lang", f"{line.lang!r} is none of {', '.join(LANGUAGES)}")
    if line.lang != language:
        raise refuse("lang", f"is {line.lang!r} in the file of {language!r}")
    if line.group not in (*NAMED_GROUPS, NO_GROUP):
        known = ", ".join((*NAMED_GROUPS, NO_GROUP))
        raise refuse("group", f"{line.group!r} is none of {known}")
    if not line.text.strip():
        raise refuse("text", "is empty")
    return Sentence(line.id, line.lang, line.group, line.text)


def half_of(sentence: Sentence) -> Half:
    """Give the half of a sentence, by a hash of its id: the same in every run on every machine."""
    digest = hashlib.blake2b(f"{FOLDER}\x00{sentence.id}".encode("utf-8", "replace")).digest()
    return Half.TEST if digest[_HALVING_BYTE] % 2 else Half.FIT


def sentences_to_measure(corpus_dir: Path) -> list[Sentence]:
    """
    Give the half that no model may ever be fitted on.

    Raises:
        CorpusError: as `read_sentences`.
    """
    return [s for s in read_sentences(corpus_dir) if half_of(s) is Half.TEST]


@dataclass(frozen=True, slots=True)
class Slices:
    """
    What a model said of sentences that nobody should be held for.

    Attributes:
        sentences: in order.
        alarms: bool, shape (n,): whether one of its scores for abuse reached a hold threshold.
        said: float64, shape (n,): the probability of toxicity, .5 where the head failed.
    """

    sentences: tuple[Sentence, ...]
    alarms: npt.NDArray[np.bool_]
    said: npt.NDArray[np.float64]

    def rate(self, *, group: str | None = None, language: str | None = None) -> Share:
        """
        Give the false-positive rate of a slice, with its exact interval.

        Args:
            group: one of `NAMED_GROUPS` or `NO_GROUP`; None for every named group.
            language: one of `LANGUAGES`; None for all.
        """
        chosen = self._of(group, language)
        return share(int(self.alarms[chosen].sum()), int(chosen.sum()))

    def mean(self, *, group: str | None = None, language: str | None = None) -> float:
        """Give the mean probability of toxicity in a slice; nan when there is none."""
        chosen = self._of(group, language)
        return float(self.said[chosen].mean()) if chosen.any() else float("nan")

    def named(self) -> npt.NDArray[np.bool_]:
        """Give the alarms of the sentences that name a group, in order."""
        return self.alarms[self._of(None, None)]

    def _of(self, group: str | None, language: str | None) -> npt.NDArray[np.bool_]:
        return np.array(
            [
                (s.group != NO_GROUP if group is None else s.group == group)
                and language in (None, s.language)
                for s in self.sentences
            ],
            bool,
        )


def judge_sentences(
    model: Model, sentences: Sequence[Sentence], thresholds: Mapping[str, float]
) -> Slices:
    """
    Score sentences through the serving path.

    Args:
        model: to try.
        sentences: harmless, all of them.
        thresholds: head -> probability from which a policy holds, as `hold_thresholds` gives.
    """
    held_for = {head: at for head, at in thresholds.items() if head not in _ABUSE_FREE}
    answers = score_rows(model, [sentence.as_row() for sentence in sentences])
    said = [scores.values.get("toxicity") for scores in answers]
    return Slices(
        sentences=tuple(sentences),
        alarms=np.array([_is_alarm(scores, held_for) for scores in answers], bool),
        said=np.array([0.5 if value is None else value for value in said], np.float64),
    )


def _is_alarm(scores: Scores, thresholds: Mapping[str, float]) -> bool:
    return any((scores.values.get(head) or 0.0) >= at for head, at in thresholds.items())
