"""Tests of language detection: right where it can be known, "unknown" where it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from moderation.text import UNKNOWN, detect_language, likeliest_language, normalise
from tests.text.texts import any_text


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("It was well thought out.", "en"),
        ("I WANT THE JUNGLE", "en"),
        ("سیاستمدار هیچ دوستی ندارد", "fa"),
        ("خوب بود", "fa"),
        ("اين خبر كه از طرف وزير گفته شد درست نيست و بايد بررسي كنيم", "fa"),
        ("گوشت گران شد", "fa"),
        ("أحسنت القول، أنا معك", "ar"),
        ("والله صح", "ar"),
        ("یہ بہت اچھا ہے", "ur"),
        ("Das ist ja unglaublich, was hier passiert", "de"),
        ("C'est vraiment n'importe quoi", "fr"),
        ("Это просто невозможно читать", "ru"),
        ("यह फ़ैसला ठीक नहीं है", "hi"),
        ("我觉得这个决定不对", "zh"),
        ("私はそう思いません", "ja"),
        ("그렇게 생각하지 않습니다", "ko"),
        ("Η Ελλάδα είναι όμορφη", "el"),
        ("זה לא נכון בכלל", "he"),
        ("Tôi nghĩ rằng quyết định này không đúng", "vi"),
    ],
)
def test_a_clear_text_has_its_language(raw: str, language: str) -> None:
    """Sentences, and short ones with telling letters or words, get their language."""
    assert detect_language(normalise(raw)) == language


@pytest.mark.parametrize(
    "raw", ["", "   ", "lol", "ok 👍", "12345", "😂😂", "سلام", "hahaha", "no creo"]
)
def test_a_text_that_tells_nothing_is_unknown(raw: str) -> None:
    """Too short or shared by several languages: the honest answer is unknown."""
    assert detect_language(normalise(raw)) == UNKNOWN


def test_links_and_mentions_do_not_decide() -> None:
    """English words in an address do not make a Persian comment English."""
    raw = "این خبر درست نیست https://example.com/the-whole-english-story-of-it @some_english_name"
    assert detect_language(normalise(raw)) == "fa"


@settings(max_examples=200, deadline=None)
@given(any_text(60))
def test_any_text_gets_an_answer(raw: str) -> None:
    """Detection never fails and answers a two-letter code or unknown."""
    answer = detect_language(normalise(raw))
    assert answer == UNKNOWN or len(answer) == 2


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("You are wrong", "en"),
        ("LOL", "en"),
        ("سلام", "fa"),
        ("да", "ru"),
        ("谢谢", UNKNOWN),
        ("바보", UNKNOWN),
        ("12345", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_guess_is_one_of_those_asked_for(raw: str, language: str) -> None:
    """Where a name must be given, the likeliest is; without a letter there is none."""
    assert likeliest_language(normalise(raw), {"en", "fa", "ru"}) == language


@settings(max_examples=100, deadline=None)
@given(any_text(60))
def test_any_text_gets_a_guess_or_none(raw: str) -> None:
    """Guessing never fails and never leaves what was asked for."""
    assert likeliest_language(normalise(raw), {"de", "zh"}) in {"de", "zh", UNKNOWN}
