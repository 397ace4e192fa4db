"""
Signals of how a comment is written: shouting, and the same thing over and over.

Looks at letters, not at meaning.
"""

from __future__ import annotations

import re
from collections import Counter

from moderation.signals.evidence import MAX_SPANS, Evidence, listed, spans_of
from moderation.terms import Signal, Span

__all__ = ["repetition", "shouting"]

SHOUTED_WORDS = 4
"""Fewer words in capitals are names and abbreviations: NATO, UNESCO and the EU."""

REPEATED_CHARACTERS = 8
REPEATED_WORDS = 4
REPEATED_EMOJI = 8
"""How many in a row, or in all, are more than temper."""

# A long run of one character that is neither a drawn line nor laughter, which people write as long
# as they laugh: Arabic and Persian ه and خ, Korean ㅋ and ㅎ, Japanese w and 笑, Thai 5.
_RUN = re.compile(
    r"([^\s\d\-=_*~.…·•#+<>|/\\ـهخㅋㅎᄏᄒwWhH笑草])" + rf"\1{{{REPEATED_CHARACTERS - 1},}}"
)

_EMOJI_ONE = "[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]"
_EMOJI = re.compile(
    # A flag is two regional letters; a family or a skin tone belongs to the emoji before it.
    f"[\U0001f1e6-\U0001f1ff]{{2}}"
    f"|{_EMOJI_ONE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_EMOJI_ONE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)


def shouting(evidence: Evidence) -> Signal | None:
    """
    Is written mostly in capital letters.

    Hit: "THIS IS AN OUTRAGE AND YOU KNOW IT". Near miss: "The EU, NATO, the IMF and UNESCO agree".
    """
    plain = evidence.text.plain
    if plain.islower() or plain == evidence.text.folded:
        return None
    # Scripts without case have no capitals: `isupper` is false for every word of theirs.
    loud = [word for word in plain.split() if word.isupper() and len(word) > 1]
    if len(loud) < SHOUTED_WORDS:
        return None
    capitals = sum(sum(map(str.isupper, word)) for word in loud)
    small = sum(map(str.islower, plain))
    share = capitals / (capitals + small)
    # Abbreviations are short; a shout has words of every length.
    if share < 0.6 or capitals < 15 or capitals / len(loud) < 2.5:
        return None
    spans = _spans_of_words(evidence, loud)
    return Signal("SHOUTING", round(share, 3), "Is written mostly in capital letters.", spans)


def repetition(evidence: Evidence) -> Signal | None:
    """
    Repeats the same characters, words or emoji over and over.

    Hit: "buy buy buy buy buy" or "!!!!!!!!!!!!". Near miss: "very, very good!!!" or "ههههههههه".
    """
    text = evidence.text
    spans: list[Span] = []
    strength = 0.0
    shown: list[str] = []
    for match in _RUN.finditer(text.plain) if _has_run(text.plain) else ():
        length = match.end() - match.start()
        strength = max(strength, min(1.0, length / 30))
        shown.append(match[0])
        spans.append(text.raw_span_of_plain(match.start(), match.end()))
        if len(spans) >= MAX_SPANS:
            break
    words = evidence.words
    # Most comments hold few words twice; only others are worth counting.
    if len(words) >= REPEATED_WORDS and 2 * len(set(words)) <= len(words) + 1:
        word, count = Counter(words).most_common(1)[0]
        if count >= REPEATED_WORDS and (_in_a_row(words, word) or 2 * count >= len(words)):
            strength = max(strength, min(1.0, count / 12))
            shown.append(word)
    if not text.plain.isascii():
        emoji = [match.span() for match in _EMOJI.finditer(text.plain)]
        if len(emoji) >= REPEATED_EMOJI and len(emoji) * 3 >= len(words):
            strength = max(strength, min(1.0, len(emoji) / 30))
            shown.append(text.plain[slice(*emoji[0])])
            spans += [text.raw_span_of_plain(*span) for span in emoji[:MAX_SPANS]]
    if not shown:
        return None
    message = "Repeats the same characters, words or emoji over and over"
    return Signal("REPETITION", round(strength, 3), f"{message}: {listed(shown)}.", spans_of(spans))


def _has_run(plain: str) -> bool:
    """Whether a run can be there: one of eight fills some four of every fourth place on."""
    fours = zip(plain[::4], plain[1::4], plain[2::4], plain[3::4], strict=False)
    return any(one == two == three == four for one, two, three, four in fours)


def _in_a_row(words: tuple[str, ...], word: str) -> bool:
    """Whether `word` stands `REPEATED_WORDS` times in a row."""
    run = 0
    for other in words:
        run = run + 1 if other == word else 0
        if run >= REPEATED_WORDS:
            return True
    return False


def _spans_of_words(evidence: Evidence, words: list[str]) -> tuple[Span, ...]:
    """Point to words of `plain`, in order, neighbours joined to one stretch."""
    spans: list[Span] = []
    plain, start = evidence.text.plain, 0
    for word in words[: 4 * MAX_SPANS]:
        start = plain.index(word, start)
        span = evidence.text.raw_span_of_plain(start, start + len(word))
        start += len(word)
        if spans and not evidence.text.raw[spans[-1].end : span.start].strip():
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return spans_of(spans)
