"""Requests of Akismet's clients: fields in every dress, charsets, keys, and the comment in them."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode

import orjson
import pytest

from moderation.terms import Article, Author, Form
from moderation.web.akismet_forms import (
    Fields,
    by_administrator,
    comment_of,
    context_of,
    has_content,
    is_guaranteed_spam,
    is_test,
    key_candidates,
    read_fields,
    wants_callback,
)
from tests.fakes import NOON

FORM = "application/x-www-form-urlencoded"


def form(body: bytes | dict[str, object], content_type: str = FORM, query: bytes = b"") -> Fields:
    encoded = body if isinstance(body, bytes) else urlencode(body, doseq=True).encode()
    return read_fields(content_type, encoded, query)


def comment(**fields: str):
    return comment_of(fields, site="blog", received_at=NOON)


def test_a_form_is_read_with_its_blanks_and_repeats() -> None:
    """Empty values are there, the last of several counts, and the body wins over the query."""
    fields = form(b"a=1&b=&a=2&c=x%20y+z", query=b"a=0&d=4")
    assert fields == {"a": "2", "b": "", "c": "x y z", "d": "4"}


@pytest.mark.parametrize(
    ("named", "content_type", "value"),
    [
        ("ISO-8859-1", FORM, "Grüße".encode("iso-8859-1")),
        ("windows-1252", FORM, "“Grüße”".encode("cp1252")),
        # Whoever says Latin-1 and sends curly quotes means what browsers mean.
        ("ISO-8859-1", FORM, "“Grüße”".encode("cp1252")),
        ("KOI8-R", FORM, "Привет".encode("koi8-r")),
        ("UTF-8", FORM, "Grüße".encode()),
        ("Shift_JIS", FORM, "こんにちは".encode("shift_jis")),
        ("", FORM, "Grüße".encode()),
        ("", f"{FORM}; charset=ISO-8859-1", "Grüße".encode("iso-8859-1")),
        ("no-such-charset", FORM, "Grüße".encode()),
        ("EUC-JP", FORM, "Grüße".encode()),
    ],
)
def test_bytes_are_read_in_the_charset_of_the_blog(named: str, content_type: str, value: bytes):
    """By the name in the request, else as UTF-8."""
    body = f"blog_charset={named}&comment_content={quote_from_bytes(value)}".encode()
    expected = {"ISO-8859-1": "cp1252", "windows-1252": "cp1252", "no-such-charset": "utf-8"}
    codec = expected.get(named, named if named not in ("", "EUC-JP") else "utf-8")
    if "charset=" in content_type:
        codec = "iso-8859-1"
    assert form(body, content_type)["comment_content"] == value.decode(codec)


@pytest.mark.parametrize("named", ["UTF-8", "", "utf-7", "rot13", "zlib", "unicode_escape", "\x00"])
def test_bytes_that_fit_no_charset_are_replaced(named: str) -> None:
    """Nothing that can be sent is an error, and no codec of Python's own tricks is used."""
    body = urlencode({"charset": named}).encode() + b"&comment_content=a\xff%ffb\\x41"
    assert form(body)["comment_content"] == "a\ufffd\ufffdb\\x41"


def test_other_names_and_latin_bytes_unescaped_are_read() -> None:
    """Raw bytes without percent signs, as old clients send them, and `charset` for the charset."""
    body = b"charset=ISO-8859-1&comment_content=Gr\xfc\xdfe"
    assert form(body)["comment_content"] == "Grüße"


def test_ten_thousand_fields_are_no_matter() -> None:
    """WordPress sends whatever the visitor's request had; there is no limit on its number."""
    many = {f"HTTP_X_{number}": "v" for number in range(10_000)}
    fields = form({**many, "comment_content": "hello"})
    assert len(fields) == 10_001
    assert fields["comment_content"] == "hello"


@pytest.mark.parametrize("content_type", ["application/json", FORM, "text/plain", ""])
def test_json_is_taken_whatever_it_is_called(content_type: str) -> None:
    """Booleans, numbers and arrays become the words of a form; what has no words is empty."""
    body = orjson.dumps(
        {"a": "x", "is_test": False, "n": 5, "comment_context": ["p", "q"], "no": None, "o": {}}
    )
    fields = form(body, content_type, query=b"api_key=k")
    assert fields == {
        "api_key": "k",
        "a": "x",
        "is_test": "false",
        "n": "5",
        "comment_context[0]": "p",
        "comment_context[1]": "q",
        "no": "",
    }


@pytest.mark.parametrize("body", [b"a=1", b"{a=1", b'{"a": 1', b"[1]", b"", b"\xff\xfe{"])
def test_a_form_called_json_is_read_as_a_form(body: bytes) -> None:
    """What is no JSON object is a form, or nothing."""
    fields = form(body, "application/json")
    assert fields.get("a") == ("1" if body == b"a=1" else None)


def test_a_multipart_form_is_read_too() -> None:
    """PHP's curl sends one when it is given an array; more than a thousand parts are fine."""
    parts = [f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\nv{n}' for n in range(1200)]
    parts.append('--b\r\nContent-Disposition: form-data; name="comment_content"\r\n\r\nGrüße')
    body = "\r\n".join([*parts, "--b--", ""]).encode()
    fields = form(body, "multipart/form-data; boundary=b")
    assert (len(fields), fields["comment_content"], fields["f7"]) == (1201, "Grüße", "v7")
    assert form(b"nonsense", "multipart/form-data; boundary=b") == {}


@pytest.mark.parametrize(
    ("fields", "user", "found"),
    [
        ({"api_key": "aaa", "key": "bbb"}, "ccc.x", ["aaa"]),
        ({"key": "bbb"}, "ccc.x", ["bbb"]),
        ({"api_key": " "}, "ccc.x", ["ccc", "ddd"]),
        ({}, None, ["ddd"]),
        ({}, "ccc", ["ccc", "ddd"]),
    ],
)
def test_a_key_is_looked_for_in_four_places(fields, user, found) -> None:
    """In the fields, and only there when it is there; else user name, then host name."""
    assert key_candidates(fields, host="ddd.rest.example:8000", basic_user=user) == found


@pytest.mark.parametrize("given", ["1", "true", "True", "TRUE", "yes"])
def test_a_test_says_so(given: str) -> None:
    """Any word for yes."""
    assert is_test({"is_test": given})


@pytest.mark.parametrize("given", ["", "0", "false", "False", " FALSE "])
def test_a_field_that_says_no_is_no_test(given: str) -> None:
    """Coral sends `false` with every comment."""
    assert not is_test({"is_test": given})
    assert not is_test({})


@pytest.mark.parametrize(
    "fields",
    [
        {"comment_author": "viagra-test-123"},
        {"comment_author": "akismet-guaranteed-spam"},
        {"comment_author_email": "Akismet-Guaranteed-Spam@example.com"},
        {"comment_content": "say akismet-guaranteed-spam here"},
    ],
)
def test_some_values_are_always_spam(fields: Fields) -> None:
    """For trying a client out."""
    assert is_guaranteed_spam(fields)
    assert not is_guaranteed_spam({"comment_author": "Ana", "comment_content": "viagra-test-123"})


def test_an_administrator_is_one_of_the_roles() -> None:
    """Roles come with commas between."""
    assert by_administrator({"user_role": "editor, Administrator"})
    assert not by_administrator({"user_role": "editor,administrators"})


def test_a_whole_comment_is_read() -> None:
    """Author, page, parent and trap, each in its place."""
    got = comment(
        comment_content=" As written \n",
        comment_author="Ana",
        comment_author_email="ana@example.org",
        comment_author_url="https://ana.example",
        user_ip="192.0.2.7",
        user_agent="Mozilla/5.0",
        permalink="https://news.example/tram",
        comment_parent="17",
        honeypot_field_name="website2",
        website2="http://x",
    )
    assert got.text == " As written \n"
    assert got.author == Author(
        name="Ana",
        email="ana@example.org",
        ip="192.0.2.7",
        url="https://ana.example",
        user_agent="Mozilla/5.0",
    )
    assert got.article == Article(url="https://news.example/tram")
    assert (got.permalink, got.parent_id) == ("https://news.example/tram", "17")
    assert got.form == Form(honeypot="http://x")
    assert (got.site, got.received_at) == ("blog", NOON)


def test_what_is_missing_or_too_long_is_no_error() -> None:
    """Blank fields are not there, `comment_parent=0` is no parent, long ones are cut."""
    got = comment(
        comment_text="old plugin", user_ip="", comment_parent="0", comment_author="x" * 9999
    )
    assert got.text == "old plugin"
    assert (got.article, got.parent_id, got.form, got.author.ip) == (None, None, None, None)
    assert got.author.name == "x" * 500


@pytest.mark.parametrize(
    ("fields", "trap"),
    [
        ({"honeypot_field_name": "hp", "hp": "x"}, "x"),
        ({"honeypot_field_name": "hp", "hp": ""}, ""),
        ({"honeypot_field_name": "hp", "POST_hp": "x"}, "x"),
        ({"POST_ak_hp_textarea": "x", "POST_ak_js": "1700000000000"}, "x"),
        ({"honeypot_field_name": "hp"}, None),
        ({"POST_other": "x"}, None),
    ],
)
def test_the_trap_is_found_under_its_name(fields: dict[str, str], trap: str | None) -> None:
    """The field named, as WordPress repeats it, or WordPress's own."""
    found = comment(comment_content="x", **fields).form
    assert (found.honeypot if found else None) == trap


@pytest.mark.parametrize(
    "fields",
    [
        {"comment_context[0]": "trams", "comment_context[1]": "cities"},
        {"comment_context[]": "trams, cities"},
        {"comment_context": "trams, cities"},
    ],
)
def test_the_context_is_read_as_text_or_array(fields: dict[str, str]) -> None:
    """All three ways that clients write it."""
    assert ", ".join(context_of(fields)) == "trams, cities"
    assert ", ".join(comment(comment_content="x", **fields).topics) == "trams, cities"


def test_nothing_but_an_address_is_no_content() -> None:
    """A name, an e-mail or a home page is something to check."""
    assert not has_content({"user_ip": "192.0.2.7", "blog": "https://blog.example"})
    assert has_content({"comment_author_url": "https://spam.example"})


@pytest.mark.parametrize("url", ["", "/wp-json/hook", "javascript:alert(1)", "ftp://a.example/"])
def test_a_callback_is_an_address_of_the_web(url: str) -> None:
    """Anything else is no callback."""
    assert wants_callback({"callback": url}) is None
    assert wants_callback({"callback": "https://a.example/hook "}) == "https://a.example/hook"
