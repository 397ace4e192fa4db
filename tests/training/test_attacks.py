"""The tricks of spammers: repeatable, only where they make sense, and still readable."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest

from moderation.text import normalise
from moderation.training.attacks import ATTACKS
from moderation.training.rows import Row

SPAM = (
    "Earn money quickly with our casino bonus, click www.lucky-spin.example and write @winner today"
)
ARABIC = "اربح المال بسرعة مع عرض الكازينو الجديد واكتب لنا اليوم"
RUSSIAN = "Быстрый заработок без вложений, пишите сегодня нашему менеджеру"
CHINESE = "加微信送彩金，注册就有红包拿"

# What normalise undoes without a rest, and how much of a word it may leave of the others.
EXACT = {
    "look-alike letters",
    "zero-width characters",
    "styled letters",
    "HTML tricks",
    "direction overrides",
    "stretched letters",
    "vowel marks",
}
CLOSE = 0.93


def play(name: str, text: str, seed: int = 0) -> str:
    """Disguise a text."""
    return ATTACKS[name](text, random.Random(seed))


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_seed_gives_the_same_disguise(name: str) -> None:
    """A table of attacks can be reproduced; another seed disguises otherwise."""
    for text in (SPAM, ARABIC):
        assert play(name, text, 1) == play(name, text, 1)
    tried = SPAM if play(name, SPAM) != SPAM else ARABIC
    assert len({play(name, tried, seed) for seed in range(8)}) > 1


@pytest.mark.parametrize("name", ATTACKS)
def test_the_corpus_stays_readable_in_disguise(name: str, corpus: list[Row]) -> None:
    """What is read of a disguised comment is what is read of it as written, or nearly."""
    bad = [row for row in corpus if row.spam or row.toxicity][::25]
    alike = []
    for row in bad:
        attacked = play(name, row.text)
        if attacked != row.text:
            clean, read = normalise(row.text).folded, normalise(attacked).folded
            alike.append(SequenceMatcher(None, clean, read, autojunk=False).ratio())
    assert len(alike) >= 15
    least = 0.999 if name in EXACT else CLOSE
    assert sum(alike) / len(alike) >= least


@pytest.mark.parametrize("name", ATTACKS)
def test_links_and_mentions_are_left_working(name: str) -> None:
    """What the comment was sent for is never disguised."""
    for seed in range(10):
        attacked = play(name, SPAM, seed)
        assert "www.lucky-spin.example" in attacked
        assert "@winner" in attacked


@pytest.mark.parametrize("name", ["leetspeak", "styled letters", "look-alike letters"])
def test_tricks_with_latin_letters_leave_other_scripts_alone(name: str) -> None:
    """Nobody writes digits for Arabic letters, and no full-width ones either."""
    assert play(name, ARABIC) == ARABIC
    assert play(name, CHINESE) == CHINESE


@pytest.mark.parametrize("name", ["stretched letters", "vowel marks"])
def test_tricks_of_arabic_writing_are_played_on_arabic_only(name: str) -> None:
    """Kashida and vowel marks are for letters that join."""
    assert play(name, ARABIC) != ARABIC
    assert play(name, SPAM) == SPAM
    assert play(name, RUSSIAN) == RUSSIAN


@pytest.mark.parametrize("name", ["zero-width characters", "HTML tricks", "letters set apart"])
def test_tricks_for_every_script_are_played_on_every_script(name: str) -> None:
    """Hidden characters, markup and gaps work in any writing."""
    for text in (SPAM, ARABIC, RUSSIAN, CHINESE):
        assert play(name, text) != text


def test_only_some_words_are_disguised() -> None:
    """A spammer spares the reader: about half of the long words, at least one."""
    text = "wonderful " * 40
    for name in ("leetspeak", "repeated letters", "styled letters"):
        left = play(name, text).split().count("wonderful")
        assert 8 <= left <= 32


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("text", ["", " ", "ok", "😀", "http://a.example", "12345", "\ud800"])
def test_there_may_be_nothing_to_disguise(name: str, text: str) -> None:
    """A text without a word long enough comes back as it was."""
    assert play(name, text) == text
