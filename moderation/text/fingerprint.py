"""
Small numbers that tell whether two texts are the same or nearly so, for finding repeats.

Stable: the same on every machine, in every process and release of Python. Pure functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from moderation.text.normalise import Text

__all__ = [
    "NEAR_BITS",
    "Fingerprints",
    "fingerprint",
    "fingerprints",
    "hamming",
    "simhash",
    "sketch",
]

NEAR_BITS = 12
"""
Bits of a simhash, of 64, that may differ between near texts; between others about 30 do.

An advertisement of 20 words with a name and a number changed differed in 10.
"""

# Punctuation, symbols and white space, by what is not a letter, digit or mark; marks count because
# the vowels of Indic scripts are marks. Emoji count: a comment may be nothing else.
_SKIPPED = re.compile(
    r"[\s!-/:-@\[-`{-~\u00a1-\u00bf\u00d7\u00f7\u060c\u061b\u061f\u066a-\u066d\u06d4\u2000-\u206f\u3000-\u303f\ufe0f]+"
)

_GRAM = 5
# Fewer characters than this make no near comparison: "thank you" is everybody's.
_SHORTEST_SKETCHED = 20
# A longer text is known by its beginning, so that one comment costs a bounded time.
_LONGEST = 20_000

# Odd multipliers with well spread bits (from the golden ratio and the Murmur3 and SplitMix64
# finalisers); any fixed ones would do, but they may never change: stores hold their results.
_POLYNOMIAL = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
_ORDERS = np.array(
    [[0x1], [0xC4CEB9FE1A85EC53], [0xFF51AFD7ED558CCD], [0xD6E8FEB86659FD93]], dtype=np.uint64
)
_POWERS = np.array(
    [pow(int(_POLYNOMIAL), power, 1 << 64) for power in range(_GRAM)], dtype=np.uint64
)


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """
    All numbers of one text, made in one pass.

    Attributes:
        exact: as `fingerprint` gives it.
        simhash: as `simhash` gives it.
        sketch: as `sketch` gives it.
    """

    exact: int
    simhash: int
    sketch: tuple[int, int]


def fingerprints(text: Text) -> Fingerprints:
    """Give the three numbers of a text for the price of two."""
    core = _core(text)
    codes = _codes(core)
    triples = _sums(codes, 3)
    grams = _sums(codes, _GRAM, triples) if len(core) >= _SHORTEST_SKETCHED else triples[:0]
    mixed = _mixed(np.concatenate((triples, grams)))
    return Fingerprints(
        exact=_exact(core or text.folded),
        simhash=_majority(mixed[: len(triples)]),
        sketch=_bands(mixed[len(triples) :]),
    )


def fingerprint(text: Text) -> int:
    """Give a signed 64-bit number, equal for texts equal after folding, punctuation and space."""
    # A text of punctuation alone still differs from another.
    return _exact(_core(text) or text.folded)


def simhash(text: Text) -> int:
    """Give a signed 64-bit number of which near texts differ in few bits (see `hamming`)."""
    return fingerprints(text).simhash


def hamming(a: int, b: int) -> int:
    """Count the differing bits of two 64-bit numbers, signed or not: 0..64."""
    return ((a ^ b) & 0xFFFFFFFFFFFFFFFF).bit_count()


def sketch(text: Text) -> tuple[int, int]:
    """
    Give two signed 64-bit numbers, each made of two min-hashes of the set of character 5-grams.

    Two texts share one of the two, place by place, with a probability of about ``1-(1-J**2)**2``,
    where J is the Jaccard similarity of their sets: 0.8 for near texts (J 0.75), 0.003 for two of
    one topic (J 0.04). Single min-hashes would find a few more of the former and twenty times as
    many of the latter, each of which costs a look. Texts too short to compare give (0, 0).
    """
    return fingerprints(text).sketch


def _core(text: Text) -> str:
    """What identifies the text: folded, without punctuation and space."""
    # Most of what goes are single spaces, which a plain replacement removes ten times faster.
    return _SKIPPED.sub("", text.folded.replace(" ", ""))


def _exact(core: str) -> int:
    digest = blake2b(core.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _codes(core: str) -> NDArray[np.uint64]:
    """Give the code points: uint64, shape (characters,)."""
    encoded = core[:_LONGEST].encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, dtype="<u4").astype(np.uint64)


def _sums(
    codes: NDArray[np.uint64], size: int, shorter: NDArray[np.uint64] | None = None
) -> NDArray[np.uint64]:
    """
    Give a polynomial of every run of `size` characters: uint64, shape (max(1, len - size + 1),).

    A shorter text is one run, an empty one none. Sums over runs of three are continued when given.
    """
    size = min(size, len(codes))
    count = len(codes) - size + 1 if size else 0
    # The first power is 1.
    sums, done = (codes[:count], 1) if shorter is None else (shorter[:count], 3)
    for index in range(done, size):
        sums = sums + codes[index : index + count] * _POWERS[index]
    return sums


def _majority(hashes: NDArray[np.uint64]) -> int:
    if not len(hashes):
        return 0
    # One row of bits for each gram; a bit of the result is the majority of its column.
    octets = hashes.astype("<u8", copy=False).view(np.uint8)
    bits = np.unpackbits(octets, bitorder="little").reshape(-1, 64)
    counts = np.add.reduce(bits, axis=0, dtype=np.uint16)
    majority = np.packbits(counts > len(hashes) // 2, bitorder="little")
    return int.from_bytes(majority.tobytes(), "little", signed=True)


def _bands(hashes: NDArray[np.uint64]) -> tuple[int, int]:
    """Take four min-hashes, each the least in an order of its own, and join them by twos."""
    if not len(hashes):
        return 0, 0
    least = np.minimum.reduce(hashes * _ORDERS, axis=1)
    one, other = _mixed(least[:2] * _ORDERS[2:, 0] + least[2:]).view(np.int64).tolist()
    return one, other


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed: NDArray[np.uint64] = hashes >> _30
    mixed ^= hashes
    mixed *= _MIX_1
    mixed ^= mixed >> _27
    mixed *= _MIX_2
    mixed ^= mixed >> _31
    return mixed
