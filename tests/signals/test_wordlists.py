"""The shipped word lists: their files, their languages, and that they spare ordinary prose."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

import moderation.signals.wordlists
from moderation.signals import gather
from moderation.signals.tokens import split_words, word_offsets
from moderation.signals.wordlists import WordList, hash_word, shipped_list
from moderation.text import normalise
from tests.signals.cases import evidence_of

FOLDER = Path(moderation.signals.wordlists.__file__).with_name("words")
FILES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_well_formed(path):
    """Known keys, no double entries, none that folds to nothing, digests of the right form."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(content) == {"profanity", "spam"}
    for table in content.values():
        assert set(table) <= {"entries", "ambiguous", "hashed"}
        clear = table["entries"] + table.get("ambiguous", [])
        assert len(clear) == len(set(clear))
        assert all(normalise(entry).folded for entry in clear)
        for entry in table.get("hashed", []):
            assert re.fullmatch(r"\d{1,2}-[0-9a-f]{16}", entry)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_entry_finds_itself(path):
    """An entry that its own list cannot find in a sentence would be dead."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for kind, table in content.items():
        words = shipped_list(kind, path.stem)
        for entry in table["entries"] + table.get("ambiguous", []):
            assert words.find(evidence_of({"text": f"(… {entry}!)", "language": "xx"})), entry


def test_languages_of_the_plan_are_there():
    """Twelve languages have a list of their own."""
    assert {path.stem for path in FILES} == set("ar de en es fa fr hi id pt ru tr zh".split())


def test_ambiguous_words_need_their_language():
    """A word that is innocent elsewhere counts only where the language is known."""
    for language, expected in (("fr", True), ("es", False), ("unknown", False)):
        evidence = evidence_of({"text": "il est con", "language": language})
        assert bool(shipped_list("profanity", language).find(evidence)) is expected, language


def test_language_without_a_list_has_no_shipped_words():
    """Where nobody wrote a list, the honest answer is silence."""
    evidence = evidence_of({"text": "bullshit", "language": "fi"})
    assert shipped_list("profanity", "fi").find(evidence) == []


def test_hash_is_what_the_shell_gives():
    """The recipe in `words/en.toml` and the code agree."""
    assert hash_word("word") == "4-" + sha256(b"word").hexdigest()[:16]


def test_entry_of_nothing_matches_nothing():
    """Blank entries are dropped instead of matching everywhere."""
    assert WordList(["", " ", "\u200b"]).find(evidence_of("any text")) == []


def test_words_and_their_offsets_agree():
    """Cut words and offsets are the same words in every script."""
    folded = normalise("It's a_test: हिन्दी में, می‌روم 加微信 l'été 👍 3.5").folded
    cut = [folded[start:end] for start, end in word_offsets(folded)]
    assert tuple(cut) == split_words(folded)
    assert "हिन्दी" in cut
    assert {"it", "s", "a", "test"} <= set(cut)


PROSE = {
    "en": "The assistant manager of the Essex class said hello to Dick Cheney and went to the"
    " casino district, where analysts discussed payday, passive incomes and title deeds.",
    "fr": "Le conseil a dit que la concurrence est rude; on ne peut pas mettre tout le monde"
    " d'accord, mais l'argent gagné ici reste ici.",
    "de": "Die dicke Wand wurde gestrichen, und der Idealist aus Schleißdorf fehlte. Wer hier"
    " bestellt, zahlt jetzt mehr.",
    "es": "Con la reputación de la escuela en juego, los computadores llegaron tarde al concurso.",
    "ar": "قال الوزير إن الكلاب الضالة خطر على المدينة وإن القروض السكنية ستنخفض في العام المقبل.",
    "fa": "هیچ کس نمی‌دانست که درآمد مردم امسال کمتر شده است و وام مسکن گران‌تر.",
    "ru": "Художник нарисовал картину; страховка подорожала, а команда проиграла на чужом поле.",
    "zh": "政府表示将为居民提供更多住房贷款,微信支付也可以使用。",
}


@pytest.mark.parametrize("language", sorted(PROSE))
@pytest.mark.parametrize("known", [True, False])
def test_ordinary_prose_is_spared(language, known):
    """No list finds anything in everyday sentences, with the language known or not."""
    text = PROSE[language]
    evidence = evidence_of({"text": text, "language": language if known else "unknown"})
    names = {signal.name for signal in gather(evidence).signals}
    assert not names & {"PROFANITY", "SPAM_PHRASE", "DISGUISED_WORDS", "MIXED_SCRIPTS"}
