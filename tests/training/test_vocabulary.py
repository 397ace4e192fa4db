"""Tests of the list of common words that disguised words are read by."""

from pathlib import Path

from moderation import text
from moderation.config import read_config
from moderation.training.vocabulary import common_words
from tests.training.made_corpus import COMMENT, other, write


def test_the_shipped_list_is_what_the_corpus_gives() -> None:
    """Whoever adds to the corpus renews the list with `corpus --write-vocabulary`."""
    listed = Path(text.__file__).with_name("vocabulary.txt").read_text(encoding="utf-8").split()
    assert listed == common_words(read_config({}).corpus_dir)


def test_words_used_twice_count_and_those_with_a_double_letter_at_once(tmp_path: Path) -> None:
    """A word drawn out by its writer is never common, and an article counts once."""
    write(tmp_path, COMMENT, other(text="The STREET, the cool street! Nooo, s1x o'clock."))
    words = common_words(tmp_path)
    assert {"the", "street", "cool"} <= set(words)
    assert not {"bridges", "nooo", "s1x", "clock"} & set(words)
    assert words == sorted(words)


def test_listed_abuse_counts_though_our_corpus_masks_it(tmp_path: Path) -> None:
    """Of a stem the stem; phrases and hashed words are none."""
    write(tmp_path, COMMENT)
    (tmp_path / "lexicon").mkdir()
    lists = 'profanity = ["blimey", "darn*", "oh dear"]\nslur = ["p:0123456789abcdef"]\n'
    (tmp_path / "lexicon" / "en.toml").write_text(lists, encoding="utf-8")
    words = common_words(tmp_path)
    assert {"blimey!", "darn!"} <= set(words)
    assert "dear" not in words


def test_a_word_that_is_often_harmless_is_not_marked_as_abuse(tmp_path: Path) -> None:
    """It is read in disguise like any common word: with company, or a clear shape."""
    write(tmp_path, COMMENT)
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "en.toml").write_text('contempt = ["clown"]\n', encoding="utf-8")
    assert "clown" in common_words(tmp_path)


def test_a_folder_without_a_corpus_has_no_words(tmp_path: Path) -> None:
    """Nothing is made up."""
    assert common_words(tmp_path) == []
