"""
Digits and symbols standing in for letters ("v1agra", "a$$hole"), read as letters.

Works on lower-cased text; leaves names of things, prices, addresses, tags and mentions alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from moderation.text.offsets import Edit
from moderation.text.vocabulary import is_common, is_listed

__all__ = ["is_disguised", "leet_edits"]

_READINGS = str.maketrans("013457@$!|€", "oieastasiie")
_ONE_AS_L = str.maketrans("013457@$!|€", "oleastasile")

# Words worth disguising. A doubtful shape (a leading symbol, a final digit, a censoring
# asterisk) counts only when it reads as one of these; a clear shape needs no list.
_DISGUISED = frozenset(
    "anal anus arse arsehole ass asses asshole assholes bastard bet bets betting bitch bitches"
    " bitcoin bitcoins blowjob boner boob boobs bonus bullshit cash casino casinos cheap cheat"
    " cialis click clit cock cocks coin coins cocksucker cp crap credit crypto cum cunt cunts"
    " damn dick dickhead dicks discount dope dumbass dyke elite escort escorts ethereum fag"
    " faggot faggots fags fake fat feet forex free fuck fucked fucker fuckers fuckin fucking"
    " fucks gamble gay girls gift hate hell hentai hitler hoe hoes hooker horny hot idiot idiots"
    " insane invest investment jackass jerk jew jews jizz kike kill killed killing kys lesbian"
    " levitra loan loans loser losers lottery milf money moron morons motherfucker muslim naked"
    " nazi nazis nigga niggas nigger niggers noob noobs nude"
    " nudes online orgasm paypal pee penis pills pimp"
    " piss pissed poker poo poop porn porno prick profit pussies pussy queer rape raped rapist"
    " retard retarded scam scammer scammers sex sexy shit shits shitty shithead sissy slot slots"
    " slut sluts spam spic steroids stfu stupid suck sucker sucks suicide telegram terrorist test"
    " tit tits tramadol tranny trojan turd twat ugly vagina valium viagra virgin virus wanker"
    " webcam weed whatsapp whore whores win winner wtf xanax xxx".split()
)
# Names whose digit is a digit although it stands between letters.
_NAMES = frozenset("c3po log4j hba1c".split())

# A leet sign beside a letter; a question of one search for nearly every text.
_SUSPECT = re.compile(r"[013457@$!|€*](?:(?=[^\W\d_])|(?<=[^\W\d_][013457@$|€*]))")
_TOKEN = re.compile(r"[^\W_](?:[\w@$!|€*]*[\w@$!|€*])?|[@$€][\w@$!|€*]+")
_ADDRESS_LIKE = re.compile(r"://|www\.|\w@[\w-]+\.\w|[\w-]\.[a-z]{2,}|/\w|\\|=|&|\?\w")
# Postcodes and part numbers; no code has a lone zero where a letter would be ("y0ur").
_CODE = re.compile(r"(?=.{1,4}\Z)[a-z]+(?!0[a-z])\d+[a-z]+\Z")
_PRICE = re.compile(r"[$€]\d|\d[$€]")
_SIGNS = re.compile(r"[013457@$!|€]+")
_LETTER_RUN = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aeiouy")
# Leet signs between letters, one at either end: never "s01e05", "r2d2", "great!thanks", "covid19".
_COMPANY = re.compile(
    "[013457$]?[a-z\u00df-\u024f]+(?:[013457@$]{1,2}[a-z\u00df-\u024f]+)*[0134$]?"
)
_LEAST_LISTED = 4
# Letters of a word of our lists that is read by itself: shorter ones are codes as well.
_LEAST_BEFORE_DOLLAR = 4
# "loser$", but "US$", "AUD$".
_COMPANY_SIZE = 3
# Words whose inner sign is no letter of Arabic written in Latin ("ya3ni", "mar7aba").
_INNER_SIGN = re.compile(r"(?<=[^\W\d_])[014@$](?=[^\W\d_])")
_SIGN_OR_THREE = re.compile(rf"{_INNER_SIGN.pattern}|(?<=[^\W\d_aeiouy])3(?=[^\W\d_aeiouy]|$)")
# Arabic written with Latin letters and digits.
_ARABIC = re.compile("[25-9][a-z]|[a-z][25-9]|3[aeiouy]|[aeiouy]3")
# A sign at the edge is a letter where it makes a syllable: "1nside", "mor3" and "7uccar", but
# "iphone7", "4ever" and "5min" are numbers.
_EDGE_SIGN = re.compile(
    r"^(?=[^\d$]|[0134][^aeiouy]|[57$][aeiouy]).*(?:[^\W\d_]|[^aeiouy\W][0134]|[aeiouy][$])$"
)
_INSIDE = re.compile(r"(?<=[^\W\d_])[013457@$!]+(?=[^\W\d_])")
_ACCENTED = re.compile("[a-z0-9\u00df-\u024f@$!|€*]+")
_CYRILLIC_SIGNED = re.compile(r"[а-яё]+(?:[03@][а-яё]+)+\Z")
_CYRILLIC_READINGS = str.maketrans("03@", "оза")


def leet_edits(lowered: str) -> list[Edit]:
    """
    Find words written with digits or symbols for letters.

    Args:
        lowered: text in lower case, white space as it came.
    """
    if _SUSPECT.search(lowered) is None:
        return []
    edits: list[Edit] = []
    unclear: list[tuple[int, str]] = []
    for start, word in _signed_words(lowered):
        read_as = _read(word)
        if read_as is None:
            if not word.isalpha():
                unclear.append((start, word))
        elif read_as != word:
            edits.append(Edit(start, start + len(word), read_as, "leet"))
    common = {at: read_as for at, word in unclear if (read_as := _common(word)) is not None}
    # "level5" and "part3" are numbered things; "thi5" and "wha7" are too few to prove otherwise.
    inside = any(at in common and _INSIDE.search(word) for at, word in unclear)
    proof = bool(edits) or len(common) + inside >= _COMPANY_SIZE
    # Of Arabic in Latin letters few words come out as words of another language.
    if proof and 2 * len(common) >= len(unclear):
        known = [(at, word) for at, word in unclear if at in common]
        edits = sorted(edits + [Edit(at, at + len(w), common[at], "leet") for at, w in known])
        unclear = [(at, word) for at, word in unclear if at not in common]
    if unclear and (edits or len(unclear) >= _COMPANY_SIZE):
        # Who writes one word so writes others so: next to "c4sino", the 3 of "d3als" is no letter
        # of Arabic, and of "n0t l1ke th1s" each word could be a postcode, but hardly all.
        more = [
            Edit(start, start + len(word), read_as, "leet")
            for start, word in unclear
            if (edits or len(word) > 3) and (read_as := _read_in_company(word)) is not None
        ]
        telling = _INNER_SIGN if any(_ARABIC.search(w) for _, w in unclear) else _SIGN_OR_THREE
        signed = sum(telling.search(lowered[e.start : e.end]) is not None for e in more)
        if edits or signed >= _COMPANY_SIZE:
            edits = sorted(edits + more)
    return edits


def _signed_words(lowered: str) -> Iterator[tuple[int, str]]:
    """Give the words that hold a sign, with their places; no address, tag, mention or name."""
    for chunk in re.finditer(r"\S+", lowered):
        token = chunk[0]
        if token[0] == "#" or _SUSPECT.search(token) is None:
            continue
        if _ADDRESS_LIKE.search(token) is not None:
            continue
        for match in _TOKEN.finditer(token):
            at = match.start()
            if at and token[at - 1] in "@#/.-_'’£¥₹₽₺":
                continue
            # Exclamation marks and bars after the word are punctuation.
            yield chunk.start() + at, match[0].rstrip("!|*")


def is_disguised(word: str) -> bool:
    """Whether a lower-case word is one that people write in disguise."""
    return word in _DISGUISED


@lru_cache(maxsize=4096)
def _read(word: str) -> str | None:
    """Read one word, or give None when it is what it seems."""
    if len(word) < 3 or len(word) > 40 or word.isalpha() or word in _NAMES:
        return None
    if "*" in word:
        return _uncensored(word)
    letters = sum(char.isalpha() for char in word)
    if not letters:
        return None
    for table in (_READINGS, _ONE_AS_L):
        reading = word.translate(table)
        # "$5hit" may be a price, "pu$5y" is none.
        if reading in _DISGUISED and (word[0].isalpha() or _PRICE.search(word) is None):
            return reading
        if word[0].isalpha() and 2 * letters >= len(word) >= _LEAST_LISTED and is_listed(reading):
            return reading
    if not word.isascii() and _ACCENTED.fullmatch(word) is None:
        return word.translate(_CYRILLIC_READINGS) if _CYRILLIC_SIGNED.match(word) else None
    if _is_clear(word, letters) or _is_common_inside(word, letters):
        return word.translate(_READINGS)
    return None


@lru_cache(maxsize=4096)
def _read_in_company(word: str) -> str | None:
    """Read a word whose shape alone proves nothing, in a text that writes others in disguise."""
    if len(word) > 40 or _COMPANY.fullmatch(word) is None or word in _NAMES:
        return None
    letters = sum(char.isalpha() for char in word)
    if letters < 2 or letters * 2 < len(word) or _PRICE.search(word) is not None:
        return None
    edges = (not word[0].isalpha()) + (not word[-1].isalpha())
    if edges and (letters < 4 or _EDGE_SIGN.search(word) is None):
        return None
    return word.translate(_READINGS)


@lru_cache(maxsize=4096)
def _common(word: str) -> str | None:
    """Read a word that ends in a sign, or holds one, as the common word that it then is."""
    letters = sum(char.isalpha() for char in word)
    if not word[0].isalpha() or letters < 3 or letters * 2 < len(word) or word in _NAMES:
        return None
    if _ACCENTED.fullmatch(word) is None:
        return None
    for table in (_READINGS, _ONE_AS_L):
        reading = word.translate(table)
        if reading.isalpha() and is_common(reading):
            return reading
    return None


def _is_clear(word: str, letters: int) -> bool:
    """Whether the shape alone says that signs stand for letters."""
    if not word[0].isalpha() or any(char in "2689" for char in word):
        return False
    if letters * 2 < len(word) or letters < 3 or _CODE.match(word) is not None:
        return False
    if max(map(len, _LETTER_RUN.findall(word))) < 2:
        # "h1n1", "s01e05", "m4a1": codes alternate single letters and numbers.
        return False
    groups = [_stands_for_letters(word, m.start(), m.end()) for m in _SIGNS.finditer(word)]
    # "ch0s3n": beside a sign that is clear, one that alone could be a letter of Arabic is too.
    return all(groups) or (any(groups) and _read_in_company(word) is not None)


def _is_common_inside(word: str, letters: int) -> bool:
    """Whether a word with signs between its letters, each of which proves nothing, is common."""
    signs = len(word) - letters
    if not word[0].isalpha() or _INSIDE.search(word) is None or letters * 2 < len(word):
        return False
    # A single sign in a short word gives a common word by chance: "ra7a" is Arabic, and no "rata".
    return (len(word) > 4 or signs > 1) and is_common(word.translate(_READINGS))


def _stands_for_letters(word: str, start: int, end: int) -> bool:
    signs = word[start:end]
    if end == len(word):
        return signs == "$$" or (signs == "$" and start >= _LEAST_BEFORE_DOLLAR)
    if len(signs) > 2 or (len(signs) == 2 and signs[0] != signs[1]):
        return False
    if signs.isdigit():
        # 3, 5 and 7 are letters of their own in Arabic written with Latin letters ("mar7aba",
        # "ya3ni"), so alone they prove nothing.
        return signs[0] in "014"
    if "|" in signs or "€" in signs:
        return False
    if "!" in signs or "@" in signs:
        # "sh!t" and "tr@mp", but "great!thanks" only lacks a space and "me@home" is a place: their
        # first halves can stand alone.
        return len(signs) == 1 and start <= 3 and not _VOWELS & set(word[:start])
    return True


def _uncensored(word: str) -> str | None:
    """Read asterisks inside a word when exactly one listed word fits: "f*ck", "b**ch"."""
    if not word[0].isalpha() or sum(char.isalpha() for char in word) < 2:
        return None
    if not all(char.isalpha() or char == "*" for char in word):
        return None
    found = [entry for entry in _of_length(len(word)) if _fits(entry, word)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=64)
def _of_length(length: int) -> tuple[str, ...]:
    return tuple(sorted(word for word in _DISGUISED & _CENSORED if len(word) == length))


def _fits(entry: str, word: str) -> bool:
    return all(sign in ("*", letter) for letter, sign in zip(entry, word, strict=True))


# Only words people really censor, so that "c*sh" in a recipe is no riddle.
_CENSORED = frozenset(
    "arse ass asses asshole assholes bastard bitch bitches bullshit cock cocks cunt cunts dick"
    " dickhead dicks faggot faggots fuck fucked fucker fuckers fucking fucks motherfucker nazi"
    " nigga niggas nigger niggers penis porn pussy rape raped rapist retard retarded sex shit"
    " shits shitty slut sluts suicide whore whores kill".split()
)
