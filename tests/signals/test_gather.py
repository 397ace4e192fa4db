"""Gathering: order, names, and signals that break."""

from __future__ import annotations

import logging

from hypothesis import example, given, settings
from hypothesis import strategies as st

import moderation.signals
from moderation.signals import NAMES, SIGNALS, TEST_STRING, gather, name_of
from moderation.terms import Signal
from tests.signals.cases import evidence_of


def breaks(evidence):
    """Break, quoting the comment."""
    raise ValueError(evidence.comment.text)


def test_names_are_unique_and_follow_the_order():
    """Two signals of one name could not be told apart in a policy."""
    assert len(NAMES) == len(SIGNALS)
    assert name_of(SIGNALS[0]) == "TEST_REJECT"


def test_plain_comment_gathers_nothing():
    """An ordinary remark has no evidence against it."""
    gathered = gather(evidence_of("I think the council was right to ask the people first."))
    assert gathered.signals == ()
    assert gathered.failed == ()


def test_signals_come_in_the_order_of_the_list():
    """What a moderator sees does not depend on chance."""
    text = f"{TEST_STRING} THIS IS A SHOUT FOR EVERYONE https://one.com me@mail-host.com"
    names = [signal.name for signal in gather(evidence_of(text)).signals]
    order = [name_of(signal) for signal in SIGNALS]
    assert names == sorted(names, key=order.index)
    assert {"TEST_REJECT", "LINK_ONE", "CONTACT_EMAIL", "SHOUTING"} <= set(names)


def test_broken_signal_abstains_and_is_named_without_the_text(monkeypatch, caplog):
    """One broken signal costs only itself, and the log shows no word of the comment."""

    def fine(evidence):
        return Signal("FINE", 1.0, "Works.")

    monkeypatch.setattr(moderation.signals, "SIGNALS", (breaks, fine))
    with caplog.at_level(logging.ERROR):
        gathered = gather(evidence_of("my secret words"))
    assert gathered.failed == ("BREAKS",)
    assert [signal.name for signal in gathered.signals] == ["FINE"]
    assert "BREAKS" in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


PIECES = st.sampled_from(
    "https://a.com |bit.ly/x |hxxp://b[.]com |me@x.com |+44 20 7946 0958 |SHOUT |fuck |f u c k "
    "|v1agra |mоney |\u200b|\u202e|!!!!!!!!!! |😂😂😂😂 |&amp; |<b>|می\u200cروم |घर |加微信 "
    "|\ud800|\x00|_|click |here |İ |ß|fuuuuck ".split("|")
)


@given(st.text(max_size=80) | st.lists(PIECES, max_size=30).map("".join))
@example("")
@example("\u0300" * 50)
@example("_" * 30)
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_a_signal(text):
    """Whatever is sent: nothing fails, strengths are in 0..1, spans lie in the text."""
    evidence = evidence_of({"text": text, "lists": {"blocked_words": ["here", "😂", "信"]}})
    gathered = gather(evidence)
    assert gathered.failed == ()
    for signal in gathered.signals:
        assert signal.name in NAMES
        assert 0 < signal.strength <= 1
        assert list(signal.spans) == sorted(signal.spans, key=lambda s: (s.start, s.end))
        assert len(signal.spans) <= 20
        for span in signal.spans:
            assert 0 <= span.start < span.end <= len(text)
