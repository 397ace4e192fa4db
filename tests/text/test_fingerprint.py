"""Tests of the numbers by which repeats are found."""

from __future__ import annotations

from hypothesis import given, settings

from moderation.text import fingerprint, hamming, normalise, simhash, sketch
from tests.text.texts import any_text

_LONG = (
    "The minister said on Tuesday that the new budget would not raise any taxes this year, "
    "but nobody believes him any more after what happened to prices last winter."
)


def test_equal_after_folding_means_equal_fingerprints() -> None:
    """Case, punctuation, spacing and disguises do not make a text another one."""
    same = {fingerprint(normalise(raw)) for raw in ("Hello, World!", "hello world", "HELLO-WORLD")}
    assert len(same) == 1
    assert fingerprint(normalise("hello word")) not in same


def test_numbers_never_change_between_processes_and_releases() -> None:
    """Stores keep these numbers, so a change of them is a change of the store's format."""
    text = normalise("Hello, World!")
    assert fingerprint(text) == 7660214112957654110
    assert simhash(text) == 1091074718708060170


def test_near_texts_are_near_and_others_far() -> None:
    """One changed word moves few bits of the simhash; another text moves about half."""
    text = simhash(normalise(_LONG))
    near = simhash(normalise(_LONG.replace("Tuesday", "Monday")))
    far = simhash(
        normalise("Football in spring is what people want, and there was no rain at all.")
    )
    assert hamming(text, near) <= 10 < hamming(text, far)


def test_near_texts_usually_share_a_sketch() -> None:
    """Of many small alterations nearly all leave one of the two min-hashes as it was."""
    original = sketch(normalise(_LONG))
    words = _LONG.split()
    shared = 0
    for index in range(len(words)):
        altered = sketch(normalise(" ".join([*words[:index], "zzz", *words[index + 1 :]])))
        shared += any(a == b for a, b in zip(original, altered, strict=True))
    assert shared >= 0.9 * len(words)
    assert not set(original) & set(sketch(normalise(_LONG[::-1])))


def test_short_texts_have_no_sketch() -> None:
    """A thank-you is everybody's, so it is not compared."""
    assert sketch(normalise("Thank you!")) == (0, 0)


def test_hamming_counts_bits_of_signed_numbers() -> None:
    """Negative numbers are read as 64 bits."""
    assert hamming(-1, 0) == 64
    assert hamming(-1, -2) == 1


@settings(max_examples=200, deadline=None)
@given(any_text(80))
def test_every_number_fits_a_signed_column(raw: str) -> None:
    """Any text gives numbers of 64 bits with sign."""
    text = normalise(raw)
    for number in (fingerprint(text), simhash(text), *sketch(text)):
        assert -(1 << 63) <= number < 1 << 63
