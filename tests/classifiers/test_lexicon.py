"""Listed words: what is counted, in which spelling, and what a list may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from moderation.classifiers.features import STEM_LENGTHS, grams
from moderation.classifiers.lexicon import LEXICON_KINDS, LEXICON_SIZE, Lexicon
from moderation.errors import CorpusError
from moderation.text import normalise
from moderation.training.lexicon import compile_lexicon, empty_lexicon, hash_entry

SHIPPED = Path(__file__).parents[2] / "training_data" / "lexicon"


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    """The lists of the repository, compiled."""
    return compile_lexicon(SHIPPED)


def counts(lexicon: Lexicon, text: str) -> dict[str, float]:
    """Give what was counted of a text, without the zeros."""
    values = lexicon.read(grams(normalise(text).folded))
    return {kind: float(v) for kind, v in zip(LEXICON_KINDS, values, strict=False) if v}


def write(folder: Path, content: str, name: str = "en") -> Path:
    """Put one list file into a folder."""
    (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what an idiot", "insult"),
        ("Du Vollidiot", "insult"),
        ("wonderful, 1d1ot", "insult"),
        ("والحمار هذا", "contempt"),
        ("این آدم احمق است", "insult"),
        ("earn money from home now", "advert"),
    ],
)
def test_listed_words_are_counted_in_every_language(shipped: Lexicon, text: str, kind: str) -> None:
    """Disguised, inflected or joined to an article, a listed word counts for its list."""
    assert kind in counts(shipped, text)


@pytest.mark.parametrize(
    "text",
    [
        "The bridge opens in spring, says the council.",
        "My Muslim neighbours and the Jewish baker share a stall.",
        "Los inmigrantes y los vecinos cantaron juntos.",
        "Meine schwule Tochter heiratet im Mai.",
    ],
)
def test_ordinary_sentences_and_names_of_groups_count_for_nothing(
    shipped: Lexicon, text: str
) -> None:
    """No list of abuse holds a group's name or an everyday word."""
    abuse = {"insult", "contempt", "profanity", "slur", "threat", "sexual"}
    assert not abuse & counts(shipped, text).keys()


def test_abuse_of_somebody_addressed_is_told_from_abuse(tmp_path: Path) -> None:
    """The joint numbers need both: an insult and somebody who is spoken to."""
    lexicon = compile_lexicon(write(tmp_path, 'insult = ["fool*"]\naddress = ["you"]'))
    alone = lexicon.read(grams("a foolish plan"))
    meant = lexicon.read(grams("you fools"))
    assert alone[-3:].tolist() == [0, 0, 1]
    assert meant[-3:].tolist() == [1, 0, 1]


def test_a_stem_matches_endings_and_a_word_only_itself(tmp_path: Path) -> None:
    """A star opens the end of a word; without it the word stands alone; phrases count whole."""
    lexicon = compile_lexicon(
        write(tmp_path, 'insult = ["clod*"]\nthreat = ["burn", "pay for this"]')
    )
    assert counts(lexicon, "the clods and cloddish").keys() == {"insult"}
    assert not counts(lexicon, "the cloud burned")
    assert counts(lexicon, "you will pay for this").keys() == {"threat"}
    assert not counts(lexicon, "pay for that")


def test_a_long_stem_is_no_shorter_word(tmp_path: Path) -> None:
    """ "Characterless" says something of somebody, and "character" nothing."""
    lexicon = compile_lexicon(write(tmp_path, 'contempt = ["charakterlos*"]'))
    assert counts(lexicon, "eine charakterlose bande").keys() == {"contempt"}
    assert not counts(lexicon, "ein schwieriger charakter")


def test_chinese_entries_match_inside_a_sentence(tmp_path: Path) -> None:
    """Every character is a word there, so an entry is a phrase."""
    lexicon = compile_lexicon(write(tmp_path, 'insult = ["笨蛋"]', "zh"))
    assert counts(lexicon, "你真是个笨蛋啊").keys() == {"insult"}


def test_hashed_entries_count_as_their_words_do(tmp_path: Path) -> None:
    """A list may hold hashes in place of words that are not to be printed."""
    entries = [hash_entry("grockle"), hash_entry("emmet*")]
    lexicon = compile_lexicon(write(tmp_path, f"slur = {entries}".replace("'", '"')))
    assert counts(lexicon, "grockle").keys() == {"slur"}
    assert counts(lexicon, "emmets").keys() == {"slur"}
    assert not counts(lexicon, "grockles")


def test_places_say_which_words_were_meant(shipped: Lexicon) -> None:
    """Places are word numbers, end exclusive; who is addressed is no evidence."""
    assert shipped.places(grams("you are an idiot")) == [(3, 4, "insult")]


def test_an_empty_text_and_an_empty_lexicon_count_nothing() -> None:
    """Both give zeros of the right shape."""
    for text in ("", "idiot"):
        values = empty_lexicon().read(grams(text))
        assert values.shape == (LEXICON_SIZE,)
        assert not values.any()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ('insults = ["x"]', "en.toml: insults"),
        ('insult = ["one two three four five"]', "en.toml: insult"),
        ('insult = ["two word*"]', "en.toml: insult: 'two word*'"),
        ('insult = ["!"]', "en.toml: insult"),
        ("insult = [3]", "en.toml: insult"),
        ("insult = [", "en.toml"),
    ],
)
def test_a_wrong_list_is_named(tmp_path: Path, content: str, field: str) -> None:
    """File, list and entry stand in the error."""
    with pytest.raises(CorpusError) as caught:
        compile_lexicon(write(tmp_path, content))
    assert str(caught.value.field).startswith(field)


def test_stems_never_collide_with_words() -> None:
    """The word "idiot" and the stem "idiot" have hashes of their own."""
    word, five = grams("idiot"), STEM_LENGTHS.index(5)
    stem = grams("idiotic").stems[five, 0]
    assert word.words[0] != stem
    assert word.stems[five, 0] == stem
    assert grams("idio").stems[five, 0] == 0
