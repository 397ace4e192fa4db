"""
Small numbers that tell whether two texts are the same or nearly so, for finding repeats.

Stable: the same on every machine, in every process and release of Python. Pure functions.
"""

from __future__ import annotations

import re
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from moderation.text.normalise import Text

__all__ = ["NEAR_BITS", "fingerprint", "hamming", "simhash", "sketch"]

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
_ORDER = np.uint64(0xC4CEB9FE1A85EC53)
_POWERS = np.array(
    [pow(int(_POLYNOMIAL), power, 1 << 64) for power in range(_GRAM)], dtype=np.uint64
)


def _core(text: Text) -> str:
    """What identifies the text: folded, without punctuation and space."""
    return _SKIPPED.sub("", text.folded)


def fingerprint(text: Text) -> int:
    """Give a signed 64-bit number, equal for texts equal after folding, punctuation and space."""
    # A text of punctuation alone still differs from another.
    core = _core(text) or text.folded
    digest = blake2b(core.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def simhash(text: Text) -> int:
    """Give a signed 64-bit number of which near texts differ in few bits (see `hamming`)."""
    hashes = _gram_hashes(_core(text), size=3)
    if not len(hashes):
        return 0
    # One row of bits for each gram; a bit of the result is the majority of its column.
    bits = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    counts = bits.sum(axis=0, dtype=np.int64)
    majority = np.packbits(counts * 2 > len(hashes), bitorder="little")
    return int.from_bytes(majority.tobytes(), "little", signed=True)


def hamming(a: int, b: int) -> int:
    """Count the differing bits of two 64-bit numbers, signed or not: 0..64."""
    return ((a ^ b) & 0xFFFFFFFFFFFFFFFF).bit_count()


def sketch(text: Text) -> tuple[int, int]:
    """
    Give two signed 64-bit min-hashes of the text's set of character 5-grams.

    Two texts share one of the two, place by place, with a probability of about ``1-(1-J)**2``,
    where J is the Jaccard similarity of their sets. Texts too short to compare give (0, 0).
    """
    core = _core(text)
    if len(core) < _SHORTEST_SKETCHED:
        return 0, 0
    hashes = _gram_hashes(core, size=_GRAM)
    return _least(hashes), _least(hashes * _ORDER)


def _least(hashes: NDArray[np.uint64]) -> int:
    least = int(hashes.min())
    return least - (1 << 64) if least >= 1 << 63 else least


def _gram_hashes(core: str, *, size: int) -> NDArray[np.uint64]:
    """Hash every run of `size` characters: uint64, shape (max(0, len(core) - size + 1),)."""
    encoded = core[:_LONGEST].encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(encoded, dtype="<u4").astype(np.uint64)
    if not len(codes):
        return codes
    size = min(size, len(codes))
    count = len(codes) - size + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for index in range(size):
        hashes += codes[index : index + count] * _POWERS[index]
    return _mixed(hashes)


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _MIX_1
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _MIX_2
    mixed: NDArray[np.uint64] = (hashes ^ (hashes >> np.uint64(31))).astype("<u8")
    return mixed
