"""Tests of the one normalisation: total, exact offsets, idempotent, disguises undone, no harm."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text import Text, normalise
from moderation.text.normalise import MAX_CHANGES
from tests.text.texts import any_text, mixed

_PIECES = [
    *("v", "i", "a", "E", "x", "1", "3", "0", "@", "$", "!", "*", "|", ".", "-", "_", "'", "/"),
    *(" ", "  ", "\n", "\u00a0", "\u3000", "а", "о", "е", "С", "ο", "ν", "ß", "İ", "ς", "é", "K"),
    *(
        "&amp;",
        "&lt;",
        "&#60;",
        "&",
        "#",
        "3",
        "c;",
        "<b>",
        "</b>",
        "<br>",
        "<x>",
        "＜",
        "＞",
        "ｂ",
    ),
    *(
        "\u200b",
        "\u200c",
        "\u200d",
        "\ufe0f",
        "❤",
        "👨",
        "👩",
        "\u0301",
        "\u0335",
        "\u202e",
        "\u202c",
        "🔥",
        "💲",
        "加",
        "·",
        "\x00",
    ),
    *("ی", "ي", "ك", "ـ", "َ", "ﷺ", "ｆ", "क", "्", "ष", "가", "ᄀ", "ᅡ", "٣", "\ud800", "´"),
    *("xxx", "iii", "www.", "://", "fr33", "🅵", "🅰", "ᴀ", "ꜰ"),
]
_HOSTILE = mixed(*_PIECES, max_size=25)
_ANY = any_text(60)


_CLEAN = (
    "من فکر می‌کنم که این تصمیم‌ها به نفع مردم نیست و باید از اول بررسی شوند.",
    "کتاب‌هایی که خوانده‌ام، همه‌شان خوب بوده‌اند؛ مخصوصاً «بوف کور».",
    "سال ۱۴۰۲ ه‍.ش در ج.ا.ا بود و ۲۰‌ساله شدم.",
    "أعتقدُ أنّ هذا القرارَ ليس في مصلحةِ المواطنين أبدًا.",
    "قال الوزير لوكالة د.ب.أ إن الأسعار سترتفع 20٪ خلال 2024.",
    "الـبـيـان واضح، والشعب تعب من الوعود!",
    "یہ فیصلہ ٹھیک نہیں ہے، حکومت کو عوام کی بات سننی چاہیے۔",
    "यह फ़ैसला ठीक नहीं है, सरकार को किसानों की बात सुननी चाहिए।",
    "क्षत्रिय, ज्ञान, श्रीमान और विद्यार्थी — संयुक्ताक्षर ठीक रहें।",
    "क्‍या आप राज़ी हैं? शक्‍ति और भक्‍ति दोनों चाहिए।",
    "മലയാളത്തിൽ എഴുതിയത് ശരിയാണ്; അവൻ്റെ വീട്.",
    "বাংলা ভাষায় ক্ষমা ও জ্ঞান।",
    "👨‍👩‍👧‍👦 family day! 🏳️‍🌈 👍🏽 👩🏿‍💻 ❤️ ❤️‍🔥 1️⃣ #️⃣ 🇮🇷 ☺️ ⚠️",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f won again",
    "L'été dernier, nous avons mangé des crêpes à Besançon; où étiez-vous, Noël ?",
    "İstanbul'da ılık bir gün; çocuklar şöyle dedi: güzel mi, değil mi?",
    "Tôi nghĩ rằng quyết định này không đúng, người dân cần được lắng nghe.",
    "Straße, Größe, Übermut und Fußgänger sind schöne Wörter.",
    "Łódź i Kraków są piękne; gęślą jaźń.",
    "Зеленский и Путин встретились в 2024 году, но VIPов и SMSок не было.",
    "USB-кабель и IT-компания работают, а iPhone'ом я доволен.",
    "Η Ελλάδα είναι όμορφη χώρα και ο καιρός είναι καλός.",
    "The mean μ and the angle θ of Δt are 5 μm, said NATO and Россия.",
    "שלום לכולם, זה לא נכון בכלל.",
    "ภาษาไทยไม่มีช่องว่าง",
    "저는 그렇게 생각하지 않습니다.",
    "I got covid19 in 2020, bought an iphone15 for $999, an mp3 and h2o; b2b, 4k, PS5, ak47.",
    "Write to info@example.com or @john_doe, #fr33dom https://l33t.example.com/a$$x",
    "The U.S.A., the U.S.S.R. and e.g. the E.U. said a b c.",
    "World War III and Louis XVIII; well... no!!! yes???",
    "mar7aba ya3ni ana mish 3aref, ba7ebak kteer",
    "Is a < b and c > d? I <3 you & me. R&D, AT&T, <your name here>",
    "thanks🙏love, I❤️NY and i❤️u, die🤢Grünen, coisa🙄e tem, امين🤲يا رب",
    "haplogroups r1b and r1a near wc1e, my iphone7, ps4 and mp3, 4ever, 5min, £1million",
    "t3ban awy ya3ni, b3dain n3mel eh, mar7aba ya sa7bi",
    "Level5 was hard, part3 is harder!!! Missing!",
    "ana 7abit el film da awi ya gama3a, wel mo5rig gamed, bas el nehaya w7sha",
    "我 爱 and 你-我 and 中国 人民 of US$ or AUD$",
    'He said "great!Thanks" from me@home; 50% off, 3x5, 1st, 5pm, s01e05 r2d2 c3po log4j',
)


def _kinds(text: Text) -> list[str]:
    return [change.kind for change in text.changes]


@settings(max_examples=400, deadline=None)
@given(st.one_of(_HOSTILE, _ANY))
def test_any_text_gives_valid_rising_spans(raw: str) -> None:
    """Any str normalises, and offsets of both layers lead to valid, rising stretches of the raw."""
    text = normalise(raw)
    for length, span_of in (
        (len(text.folded), text.raw_span),
        (len(text.plain), text.raw_span_of_plain),
    ):
        last = (0, 0)
        for index in range(length):
            span = span_of(index, index + 1)
            assert 0 <= span.start < span.end <= len(raw)
            assert span.start >= last[0]
            assert span.end >= last[1]
            last = (span.start, span.end)
    for change in text.changes:
        assert 0 <= change.span.start < change.span.end <= len(raw)


@settings(max_examples=400, deadline=None)
@given(st.one_of(_HOSTILE, _ANY))
def test_folding_twice_changes_nothing(raw: str) -> None:
    """What was folded once is a fixed point, so training on folded text and serving agree."""
    folded = normalise(raw).folded
    assert normalise(folded).folded == folded


@settings(max_examples=200, deadline=None)
@given(st.one_of(_HOSTILE, _ANY))
def test_the_whole_of_folded_comes_from_all_its_characters(raw: str) -> None:
    """The span of all of folded covers the span of each of its characters."""
    text = normalise(raw)
    whole = text.raw_span(0, len(text.folded))
    for index in range(len(text.folded)):
        part = text.raw_span(index, index + 1)
        assert whole.start <= part.start
        assert part.end <= whole.end


@pytest.mark.parametrize("raw", _CLEAN)
def test_real_sentences_are_not_damaged(raw: str) -> None:
    """Ordinary writing of many scripts stays as it is in plain, and nothing is reported."""
    text = normalise(raw)
    assert text.plain == unicodedata.normalize("NFC", raw)
    assert text.changes == ()


def _words(letters: str) -> st.SearchStrategy[str]:
    # Three of the same letter in a row would be drawn-out writing, which is undone on purpose.
    # The Arabic alphabet below has one of each group of letters that fold into one.
    word = st.text(alphabet=letters, min_size=2, max_size=9).filter(
        lambda made: not any(a == b == c for a, b, c in zip(made, made[1:], made[2:], strict=False))
    )
    return st.lists(word, min_size=1, max_size=8).map(" ".join)


@pytest.mark.parametrize(
    "letters",
    [
        "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
        "أبتثجحخدذرزسشصضطظعغفقكلمنويةءؤئ",
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "αβγδεζηθικλμνξοπρστυφχψω",
        "אבגדהוזחטיכלמנסעפצקרשת",
        "abcdefghijklmnopqrstuvwxyzéèêëçàùôîğışöüđăâơư",
        "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह",
    ],
)
def test_words_of_one_alphabet_are_never_disguises(letters: str) -> None:
    """Any words of one script alone are left alone: no change is reported, plain is the text."""

    @settings(max_examples=60, deadline=None)
    @given(_words(letters))
    def check(raw: str) -> None:
        text = normalise(raw)
        assert text.changes == ()
        assert text.plain == raw

    check()


@given(st.lists(st.text("ابپتدرسشکگلمنوهی", min_size=2, max_size=6), min_size=2, max_size=5))
def test_persian_non_joiners_are_spelling(parts: list[str]) -> None:
    """A non-joiner between Persian letters stays in plain and separates words in folded."""
    raw = "\u200c".join(parts)
    text = normalise(raw)
    assert text.plain == raw
    assert "invisible" not in _kinds(text)
    assert text.folded == normalise(raw.replace("\u200c", " ")).folded


@pytest.mark.parametrize(
    ("raw", "folded", "kind"),
    [
        ("get fr33 v1agra", "get free viagra", "leet"),
        ("you b!tch", "you bitch", "leet"),
        ("kiss my @ss", "kiss my ass", "leet"),
        ("$ex here", "sex here", "leet"),
        ("an a$$hole", "an asshole", "leet"),
        ("oh f*ck", "oh fuck", "leet"),
        ("buy v i a g r a now", "buy viagra now", "spaced"),
        ("f.r.e.e stuff", "free stuff", "spaced"),
        ("s-e-x", "sex", "spaced"),
        ("б е с п л а т н о", "бесплатно", "spaced"),
        ("م-و-ا-د", "مواد", "spaced"),
        ("sooooo", "so", "repeated"),
        ("хааааа", "ха", "repeated"),
        ("goooooood", "good", "repeated"),
        ("yeeeesss", "yes", "repeated"),
        ("assshole", "asshole", "repeated"),
        ("die Schifffahrt", "die schiffahrt", "repeated"),
        ("filho da pu7@", "filho da puta", "leet"),
        ("no7h!ng", "nothing", "leet"),
        ("wha7 abou7 thi5", "what about this", "leet"),
        ("wha7 a l!ne", "what a line", "leet"),
        ("Pаypаl account", "paypal account", "lookalike"),
        ("buy рорре here now", "buy poppe here now", "lookalike"),
        ("FRΕΕ money", "free money", "lookalike"),
        ("ты cука, да", "ты сука, да", "lookalike"),
        ("🅵🆁🅴🅴 money", "free money", "lookalike"),
        ("ꜰʀᴇᴇ money", "free money", "lookalike"),
        ("f\u0335r\u0335e\u0335e", "free", "lookalike"),
        ("via\u200bgra", "viagra", "invisible"),
        ("via\u00adgra", "viagra", "invisible"),
        ("via\U000e0041gra", "viagra", "invisible"),
        ("a\x00b", "ab", "invisible"),
        ("vi\u202eagra", "viagra", "bidi"),
        ("v<b>i</b>agra", "viagra", "html"),
        ("Tom &amp; Jerry", "tom & jerry", "html"),
        ("&#102;ree", "free", "html"),
        ("a<!-- x -->b", "ab", "html"),
        ("buy \u202eargaiv\u202c now", "buy viagra now", "bidi"),
        ("\u202ewon argaiv yub", "buy viagra now", "bidi"),
        ("v🔥iagra", "viagra", "spaced"),
        ("cas🎰ino", "casino", "spaced"),
        ("b👉rib🍑ed fens🔥ter", "bribed fenster", "spaced"),
        ("ب👉رك🍑ات", "برکات", "spaced"),
        ("le💲bo", "lesbo", "spaced"),
        ("加 微 信", "加微信", "spaced"),
        ("垃·圾·公·司", "垃圾公司", "spaced"),
        ("y0ur l0ser$", "your losers", "leet"),
        ("ch0s3n v13wers", "chosen viewers", "leet"),
        (
            "c4sino d3als, cl1ck 1nside for batt3ry",
            "casino deals, click inside for battery",
            "leet",
        ),
        ("randevu f1rsat h@mur s4lak", "randevu firsat hamur salak", "leet"),
        ("whyyyy", "why", "repeated"),
        ("fuuuck", "fuck", "repeated"),
        ("جداااا", "جدا", "repeated"),
        ("سلاااام", "سلام", "repeated"),
        ("one<br>two", "one two", "html"),
    ],
)
def test_a_disguise_is_undone_and_reported(raw: str, folded: str, kind: str) -> None:
    """Each kind of disguise is read as what it means and recorded under its name."""
    text = normalise(raw)
    assert text.folded == folded
    assert set(_kinds(text)) == {kind}
    for change in text.changes:
        assert change.read_as in folded


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("ｆｒｅｅ 𝓯𝓻𝓮𝓮", "free free"),
        ("كتاب ي", "کتاب ی"),
        ("لـــو جدًّا", "لو جدا"),
        ("أحمد إلى آخر مدرسة", "احمد الی اخر مدرسه"),
        ("٢٠٢٤ ۱۴۰۲", "2024 1402"),
        ("  Two \n\t lines ", "two lines"),
        ("Straße İstanbul ΣΟΦΟΣ", "strasse istanbul σοφοσ"),
        ("don´t ¯\\_(ツ)_/¯", "don't ¯\\_(ツ)_/¯"),
        ("\ud800", "\ufffd"),
    ],
)
def test_ordinary_folding_is_not_reported(raw: str, folded: str) -> None:
    """Compatibility forms, letter variants, digits, case and white space fold without a change."""
    text = normalise(raw)
    assert text.folded == folded
    assert text.changes == ()


def test_offsets_lead_back_to_the_disguised_words() -> None:
    """Changes and folded offsets point at the very characters that were sent."""
    raw = "Hi &amp; get <b>v1agra</b>  f r e e\u200b now"
    text = normalise(raw)
    assert text.folded == "hi & get viagra free now"
    span = text.raw_span(text.folded.index("viagra"), text.folded.index("viagra") + 6)
    assert raw[span.start : span.end] == "v1agra"
    span = text.raw_span(text.folded.index("free"), text.folded.index("free") + 4)
    assert raw[span.start : span.end] == "f r e e"
    shown = [(c.kind, raw[c.span.start : c.span.end], c.read_as) for c in text.changes]
    assert ("leet", "v1agra", "viagra") in shown
    assert ("spaced", "f r e e", "free") in shown
    assert ("invisible", "\u200b", "") in shown


def test_direction_marks_of_right_to_left_writers_are_not_reported() -> None:
    """Marks that keyboards insert beside Arabic words go silently; in a Latin word they show."""
    assert normalise("‏مرحبا‏ بكم‎.").changes == ()
    assert _kinds(normalise("vi\u200eagra")) == ["bidi"]


def test_words_turned_round_point_at_what_was_sent() -> None:
    """A word stored backwards is found under its override, which its span covers whole."""
    text = normalise("see \u202ekcilc\u202c here")
    at = text.folded.index("click")
    span = text.raw_span(at, at + 5)
    assert text.raw[span.start : span.end] == "\u202ekcilc\u202c"
    assert [change.read_as for change in text.changes] == ["click"]


def test_an_override_over_arabic_turns_nothing_round() -> None:
    """Right-to-left letters stand as they are stored, so only the marks go."""
    assert normalise("\u202eمرحبا بكم\u202c").plain == "مرحبا بكم"


def test_a_text_of_nothing_but_tricks_reports_a_bounded_number() -> None:
    """However much is hidden, the list of changes stays short."""
    text = normalise("a\u200b" * (MAX_CHANGES * 2))
    assert len(text.changes) == MAX_CHANGES


def test_an_unclosed_comment_hides_nothing() -> None:
    """Text after an opening comment mark that is never closed is still read."""
    assert "spam" in normalise("ok <!-- spam").folded


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("aвтop, вы не правы совсем", "автор, вы не правы совсем"),
        ("peцепт от соседки хорош", "рецепт от соседки хорош"),
        ("мне пришла SMSка от банка вчера", "мне пришла smsка от банка вчера"),
        ("у меня новый iPhоne и работает", "у меня новый iphone и работает"),
    ],
)
def test_latin_letters_that_pose_in_a_cyrillic_text_are_read_as_cyrillic(
    raw: str, read: str
) -> None:
    """Twins are read in the text's own script; names and abbreviations stay as they are."""
    assert normalise(raw).folded == read
