"""
Matches whole words and phrases of a list in a comment, and reads the lists shipped in `words/`.

Knows lists and text only; what a match means is for `listed.py` and, in the end, the policy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from moderation.signals.evidence import MAX_SPANS, Evidence
from moderation.signals.tokens import split_words, word_offsets
from moderation.terms import Span
from moderation.text import normalise

__all__ = ["Match", "WordList", "hash_word", "own_list", "shipped_list"]

_FOLDER = Path(__file__).with_name("words")

# Scripts written without spaces: Thai, Lao, Khmer, Myanmar, kana and Chinese characters. Whole
# words cannot be told there without a dictionary, so their entries match anywhere.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


_Hit = tuple[int, int, str]
"""First word, word after the last, entry."""

_DOUBLED = re.compile(r"(\w)\1")


@dataclass(frozen=True, slots=True)
class Match:
    """
    One place where an entry of a list stands.

    Attributes:
        entry: the list's entry, folded; empty for a hashed one, which is not to be shown.
        span: in the text as sent.
    """

    entry: str
    span: Span


class WordList:
    """
    A compiled list: whole words and phrases, folded as comments are.

    A comment without a listed word costs one set test; offsets are looked for only after a hit.

    Args:
        entries: words or phrases in any spelling a reader might use.
        hashed: words kept secret, each as `hash_word` gives it.
    """

    __slots__ = ("_anchors", "_hashed", "_inner", "_inner_is_ascii")

    def __init__(self, entries: Iterable[str], hashed: Iterable[str] = ()) -> None:
        # A phrase is looked for where its longest word stands: long words are rare in comments.
        self._anchors: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        inner: set[str] = set()
        for entry in entries:
            folded = normalise(entry).folded
            words = split_words(folded)
            if not words or _UNSPACED.search(folded):
                # An emoji has no words either; an entry of nothing at all would match everywhere.
                inner.update({folded} - {""})
                continue
            place = max(range(len(words)), key=lambda index: len(words[index]))
            self._anchors.setdefault(words[place], []).append((place, words))
        for phrases in self._anchors.values():
            phrases.sort(key=lambda phrase: -len(phrase[1]))
        longest_first = sorted(inner, key=lambda entry: (-len(entry), entry))
        self._inner = re.compile("|".join(map(re.escape, longest_first))) if inner else None
        self._inner_is_ascii = any(map(str.isascii, inner))
        self._hashed: dict[int, set[str]] = {}
        for entry in hashed:
            self._hashed.setdefault(int(entry.partition("-")[0]), set()).add(entry)

    def find(self, evidence: Evidence) -> list[Match]:
        """Give at most `MAX_SPANS` places where an entry stands, in no particular order."""
        text = evidence.text
        words = self._spelt(evidence) if text.changes else evidence.words
        hits: list[_Hit] = []
        if not self._anchors.keys().isdisjoint(words):
            hits += self._find_phrases(words)
        if self._hashed:
            hits += [
                (index, index + 1, "")
                for index, word in enumerate(words)
                if len(word) in self._hashed and hash_word(word) in self._hashed[len(word)]
            ]
        found = _locate(evidence, hits) if hits else []
        if self._inner is not None and (self._inner_is_ascii or not text.folded.isascii()):
            for match in self._inner.finditer(text.folded):
                found.append(Match(match[0], text.raw_span(match.start(), match.end())))
                if len(found) >= MAX_SPANS:
                    break
        return found[:MAX_SPANS]

    def _spelt(self, evidence: Evidence) -> tuple[str, ...]:
        """Give the comment's words, those drawn out for effect as they are spelt."""
        # Folding leaves two of a letter repeated ("fuuuck"), since many words have two.
        if not any(change.kind == "repeated" for change in evidence.text.changes):
            return evidence.words
        anchors = self._anchors
        return tuple(w if w in anchors else _DOUBLED.sub(r"\1", w) for w in evidence.words)

    def _find_phrases(self, words: tuple[str, ...]) -> list[_Hit]:
        hits: list[_Hit] = []
        for index, word in enumerate(words):
            if word not in self._anchors:
                continue
            for place, phrase in self._anchors[word]:
                start = index - place
                end = start + len(phrase)
                if start >= 0 and words[start:end] == phrase:
                    hits.append((start, end, " ".join(phrase)))
                    break
            if len(hits) >= MAX_SPANS:
                break
        return hits


def _locate(evidence: Evidence, hits: Sequence[_Hit]) -> list[Match]:
    """Turn places among the words into spans."""
    offsets = list(word_offsets(evidence.text.folded))
    return [
        Match(entry, evidence.text.raw_span(offsets[start][0], offsets[end - 1][1]))
        for start, end, entry in hits[:MAX_SPANS]
    ]


@lru_cache(maxsize=16384)
def hash_word(folded: str) -> str:
    """
    Give how a word is kept in a `hashed` list: its length, a hyphen, 16 hex digits of SHA-256.

    The length lets a comment's words be passed over unhashed when no secret word is as long. The
    words of a language are few, so most digests are remembered ones.
    """
    digest = sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{len(folded)}-{digest}"


@lru_cache(maxsize=256)
def own_list(entries: frozenset[str]) -> WordList:
    """Compile a site's own list once; policies keep theirs for as long as they live."""
    return WordList(entries)


@cache
def shipped_list(kind: str, language: str) -> WordList:
    """
    Give the shipped list of one kind for comments in one language.

    Words of one language can be innocent in another, so a known language uses its own file alone
    and has an empty list when there is none. With an unknown language every file counts, without
    the words it names ambiguous.

    Args:
        kind: ``"profanity"`` or ``"spam"``.
        language: ISO 639-1 or ``"unknown"``.
    """
    files = _read_files()
    if language != "unknown":
        table = files.get(language, {}).get(kind, {})
        entries = table.get("entries", []) + table.get("ambiguous", [])
        return WordList(entries, table.get("hashed", []))
    tables = [content.get(kind, {}) for content in files.values()]
    return WordList(
        [entry for table in tables for entry in table.get("entries", [])],
        [entry for table in tables for entry in table.get("hashed", [])],
    )


@cache
def _read_files() -> dict[str, dict[str, dict[str, list[str]]]]:
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(_FOLDER.glob("*.toml"))
    }
