"""
Emoji put between the letters of one word ("v🔥iagra", "le💲bo"), taken out again.

Only finds edits; emoji between whole words that somebody wrote without spaces stay.
"""

from __future__ import annotations

import re

from moderation.text.leetspeak import is_disguised
from moderation.text.offsets import Edit

__all__ = ["emoji_edits"]

# Latin, Greek, Cyrillic and Arabic letters, in lower case.
_LETTER = "a-z\u00df-\u024f\u0370-\u03ff\u0430-\u052f\u0620-\u064a\u066e-\u06d3"
_EMOJI = "\u2600-\u27bf\u2b50\u2b55\U0001f170-\U0001f17f\U0001f300-\U0001faff"
_FIRST_EMOJI = "\u2600"
_TOKEN = re.compile(rf"[{_LETTER}]+(?:[{_EMOJI}]\ufe0f?[{_LETTER}]+)+")
_SIGN = re.compile(rf"([{_EMOJI}])\ufe0f?")
_INSIDE = re.compile(rf"[{_LETTER}][{_EMOJI}]\ufe0f?[{_LETTER}]")
_ARABIC = re.compile("[\u0620-\u06d3]")

# Emoji that are read as a letter where one is missing.
_LETTERS = {"💲": "s", "⭕": "o", "❌": "x", "🅰": "a", "🅱": "b", "🅾": "o", "🅿": "p", "👀": "oo"}
_HEARTS = frozenset("❤♥💓💔💕💖💗💘💙💚💛💜💝💞🖤🤍🤎🧡")
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿāēīōūăęąığœ") | frozenset(
    "аеёиоуыэюяіїєαεηιουωάέήίόύώ"
)
# Pieces without a vowel, or as short as this, that are words all the same: beside a glued emoji
# they stay words. From the most frequent words of the languages of our corpus.
_SHORT_WORDS = frozenset(
    "a e i o u y à é ó ú ô thx pls plz brb lol omg wtf hmm mmm shh nvm btw tbh smh bff gn gm ok tv"
    " dr mr ms st nd rd th vs ft hr ny la uk eu us pc vc tb pq qd cmg tmj vlw blz slt mdr stp svp"
    " bjr tkt yg dgn sdh blm jgn dlm krn tdk bgt km kk sb tm bkn bs slm nbr mrb tşk tmm"
    " am an as at be by do go he if in is it me my no of oh on or so to up we yo hi ah aw ew ex"
    " al de di el en es et eu ha he la le les lo ma me mi ne ni os se si su te tu un va ve ya yo"
    " ao as da do em eu já lá na no né nó só um vó ai oi ce ça du il je ou où pu qu sa ta ti tu au"
    " da er es ab am du im ja wo zu wie der das die und mit ist"
    " bu da de ki ne mi mu mı mü şu ve ya o bi ay su ev iş"
    " ke di ku mu ia si ya bu pa ga yuk itu ini"
    " в во да до за и из к ко мы на не но ну о об он от по с со то ты у уж я а же ли бы вы их её ей"
    " ο η το τα να με σε θα ή".split()
)


def emoji_edits(lowered: str) -> list[Edit]:
    """
    Find emoji that split a word.

    A piece beside the emoji that can be no word gives it away: one or two letters that are no word,
    consonants alone, two emoji with a syllable between them. So does a joined reading worth
    disguising. Where one word is given away, the others are joined as well. "thanks🙏love" and
    "I❤️NY" stay.

    Args:
        lowered: text in lower case.
    """
    # One look at the largest character rules out every text without emoji.
    if not lowered or max(lowered) < _FIRST_EMOJI or _INSIDE.search(lowered) is None:
        return []
    tokens = []
    for match in _TOKEN.finditer(lowered):
        signs = list(_SIGN.finditer(match[0]))
        pieces = _SIGN.split(match[0])[::2]
        tokens.append((match.start(), signs, pieces))
    if not any(_is_split(pieces, signs) for _, signs, pieces in tokens):
        return []
    edits = []
    for start, signs, pieces in tokens:
        if not _may_be_two_words(pieces, signs):
            for sign in signs:
                place = start + sign.start()
                read_as = _LETTERS.get(sign[1], "")
                edits.append(Edit(place, start + sign.end(), read_as, "spaced"))
    return edits


def _may_be_two_words(pieces: list[str], signs: list[re.Match[str]]) -> bool:
    """Whether a token is left alone even in a text that splits words elsewhere."""
    return not is_disguised("".join(pieces)) and _is_love(pieces, signs)


def _is_love(pieces: list[str], signs: list[re.Match[str]]) -> bool:
    """Whether the emoji is a word of the sentence: "I❤️you"."""
    return len(signs) == 1 and signs[0][1] in _HEARTS and not _SHORT_WORDS.isdisjoint(pieces)


def _is_split(pieces: list[str], signs: list[re.Match[str]]) -> bool:
    """Whether the pieces alone prove that they are one word."""
    if is_disguised("".join(pieces)):
        return True
    if _is_love(pieces, signs):
        return False
    if any(len(piece) <= 3 and piece not in _SHORT_WORDS for piece in pieces[1:-1]):
        return True
    return any(map(_is_no_word, (pieces[0], pieces[-1])))


def _is_no_word(piece: str) -> bool:
    if _ARABIC.match(piece):
        # Arabic writes no short vowels and has many words of two letters; "و" is one of its own.
        return len(piece) == 1 and piece != "و"
    if piece in _SHORT_WORDS:
        return False
    return len(piece) <= 2 or (len(piece) <= 4 and _VOWELS.isdisjoint(piece))
