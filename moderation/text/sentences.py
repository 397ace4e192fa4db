"""
Readable text cut into sentences, for any script the product reads.

Cuts only; judges nothing.
"""

from __future__ import annotations

import re

__all__ = ["split_sentences"]

# A full stop may end an abbreviation or an initial, so it needs white space and no lower-case
# letter after it; the other marks end a sentence wherever they stand, CJK ones without a space.
# Each run of marks is looked at once, from its first mark, so that a page of dots costs no more.
_END = re.compile(
    r"(?P<stop>(?<![.…])[.…]++[\"'”’»)\]]*+)(?=\s)"
    r"|(?<![!?؟۔।॥؛])[!?؟۔।॥؛]++[.!?؟\"'”’»)\]]*+(?=\s|\Z)"
    r"|[。！？｡]++[」』”’）]*+|\n"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“«])(?:[^\W\d_]|[^\W\d_](?:\.[^\W\d_])+|mr|mrs|ms|dr|prof|st|sr|jr|vs|gen|sen|rep|gov|lt"
    r"|col|capt|no|fig|approx|dept|est|inc|ltd|co|etc|e\.g|i\.e|u\.s|a\.m|p\.m|jan|feb|mar|apr|jun|jul"
    r"|aug|sep|sept|oct|nov|dec|z\.b|bzw|ca|nr|str|sra|ud|т\.е|т\.д|др|г|ул|руб)\Z",
    re.I,
)
# A sentence of this many characters without an end is cut at white space, so that one row of text
# cannot become one row of work.
_LONGEST = 1000


def split_sentences(plain: str, *, limit: int = 200) -> list[str]:
    """
    Cut readable text into sentences.

    Args:
        plain: any text.
        limit: sentences at most; what follows is left out. 0 or less gives none.

    Returns:
        sentences in their order, stripped, none of them empty.
    """
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(plain):
        if len(sentences) >= limit:
            return sentences[: max(0, limit)]
        if match["stop"] is not None and not _ends(plain, start, match):
            continue
        _add(sentences, plain[start : match.end()])
        start = match.end()
    _add(sentences, plain[start:])
    return sentences[: max(0, limit)]


def _ends(plain: str, start: int, match: re.Match[str]) -> bool:
    following = plain[match.end() : match.end() + 8].lstrip()
    if following and following[0].islower():
        return False
    if match[0] != ".":
        return True
    before = plain[max(start, match.start() - 16) : match.start()]
    # A number before a full stop starts a list item at the beginning, else it ends the sentence.
    if before.strip().isdecimal() and len(before.strip()) < 3 and start + 16 > match.start():
        return False
    return _ABBREVIATION.search(before) is None


def _add(sentences: list[str], piece: str) -> None:
    piece = piece.strip()
    while len(piece) > _LONGEST:
        cut = piece.rfind(" ", _LONGEST // 2, _LONGEST)
        cut = _LONGEST if cut < 0 else cut
        sentences.append(piece[:cut].strip())
        piece = piece[cut:].strip()
    if piece:
        sentences.append(piece)
