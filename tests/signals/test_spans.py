"""Spans and messages: they show the very place in the text as it was sent."""

from __future__ import annotations

import pytest

from moderation.signals import TEST_STRING, gather
from tests.signals.cases import evidence_of


def found(name, case):
    """One signal of a comment, and the pieces of the text its spans show."""
    evidence = evidence_of(case)
    signal = next(s for s in gather(evidence).signals if s.name == name)
    return signal, [evidence.text.raw[span.start : span.end] for span in signal.spans]


@pytest.mark.parametrize(
    ("name", "text", "pieces"),
    [
        ("TEST_REJECT", f"Hm. {TEST_STRING}", [TEST_STRING]),
        ("LINK_ONE", "See https://one.com/a now", ["https://one.com/a"]),
        ("CONTACT_EMAIL", "Write to me@mail-host.com now", ["me@mail-host.com"]),
        ("SHOUTING", "Oh, THIS IS AN OUTRAGE REALLY, yes", ["THIS IS AN OUTRAGE REALLY,"]),
        ("REPETITION", "Oh no!!!!!!!!!!", ["!!!!!!!!!!"]),
        ("MIXED_SCRIPTS", "Free mоney now", ["mоney"]),
        ("HIDDEN_CHARACTERS", "via\u200bgra", ["\u200b"]),
        ("DISGUISED_WORDS", "Buy v1agra now", ["v1agra"]),
    ],
)
def test_span_shows_the_place(name, text, pieces):
    """The span cuts exactly the piece a moderator should see."""
    assert found(name, text)[1] == pieces


def test_span_of_a_listed_word_survives_what_stands_before_it():
    """Entities, hidden characters and disguise before and in a word do not move its span."""
    case = {"text": "A &amp; B \u200b say <b>b.u.l.l.s.h.i.t</b>!", "language": "en"}
    signal, pieces = found("PROFANITY", case)
    assert pieces == ["b.u.l.l.s.h.i.t"]
    assert "“bullshit”" in signal.message


def test_disguised_words_say_what_they_read_as():
    """The moderator need not puzzle it out."""
    signal, _ = found("DISGUISED_WORDS", "Buy v1agra now")
    assert signal.message == "Spells words in disguise: “v1agra” reads as “viagra”."


def test_hashed_words_are_found_and_not_printed(monkeypatch):
    """A word kept as a digest is pointed to, and its spelling stays out of the sentence."""
    from moderation.signals import listed
    from moderation.signals.wordlists import WordList, hash_word

    secret = WordList([], [hash_word("blorkist")])
    monkeypatch.setattr(listed, "shipped_list", lambda kind, language: secret)
    signal, pieces = found("PROFANITY", "What a Blorkist he is")
    assert pieces == ["Blorkist"]
    assert signal.message == "Contains a swear word or an insult."
