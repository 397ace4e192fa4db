"""
The requests of Akismet's clients: their fields, whatever they are sent in, and the comment in them.

Reads the dialect only; answers nothing. What clients send was read in their sources, see
docs/wire.md.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from urllib.parse import parse_qsl

import orjson
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from moderation.terms import Article, Author, Comment, Form

__all__ = [
    "Fields",
    "by_administrator",
    "comment_of",
    "context_of",
    "has_content",
    "is_guaranteed_spam",
    "is_test",
    "key_candidates",
    "read_fields",
    "wants_callback",
]

Fields = Mapping[str, str]
"""Fields of one request by name; of several alike the last, as PHP reads them."""

_SPAM_AUTHORS = frozenset({"viagra-test-123", "akismet-guaranteed-spam"})
_SPAM_EMAIL = "akismet-guaranteed-spam@example.com"
_SPAM_TEXT = "akismet-guaranteed-spam"

_MOST_CONTEXT = 20
_NAME_CHARS, _ADDRESS_CHARS = 500, 4000
# The bounds of the native API; longer ones are cut, since their sender cannot be told.

_TEXT_CODECS = ("utf", "iso8859", "cp", "koi8", "mac", "gb", "big5", "euc", "shift_jis", "iso2022")
_NO_CHARSETS = frozenset({"utf-7"})
# Codecs that turn bytes into other characters than those meant by anybody, or are no charset.


def read_fields(content_type: str, body: bytes, query: bytes) -> Fields:
    """
    Read the fields of a body and of a query; the body's win. Nothing a client sends is an error.

    JSON is taken where a form is due and the reverse. Bytes are read in the charset that the
    request names in ``blog_charset`` (or ``charset``), else as UTF-8; what cannot be read so is
    replaced.

    Args:
        content_type: the header, as sent.
        body: as sent; any number of fields.
        query: what follows the question mark.
    """
    mimetype, options = parse_options_header(content_type)
    pairs = _pairs(query)
    sent = _json(body)
    if sent is not None:
        return {**_decoded(pairs, None), **sent}
    if mimetype == "multipart/form-data" and (boundary := options.get("boundary")):
        pairs += _multipart(body, boundary)
    else:
        pairs += _pairs(body)
    return _decoded(pairs, options.get("charset"))


def _pairs(encoded: bytes) -> list[tuple[bytes, bytes]]:
    # Through Latin-1, so that the escapes come out as the bytes they stand for.
    found = parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found]


def _json(body: bytes) -> dict[str, str] | None:
    """Give the fields of a JSON object; None when the body is none, whatever it claims to be."""
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    found: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, list):
            found |= {f"{name}[{at}]": _word(item) for at, item in enumerate(value)}
        elif not isinstance(value, dict):
            found[name] = _word(value)
    return found


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _multipart(body: bytes, boundary: str) -> list[tuple[bytes, bytes]]:
    """Read what some PHP clients send; the bytes of a value come as Latin-1."""
    parser = MultiPartParser(max_form_memory_size=None, max_form_parts=None)
    try:
        form: MultiDict[str, str]
        form, _ = parser.parse(BytesIO(body), boundary.encode("latin-1", "replace"), len(body))
    except (ValueError, HTTPException):
        return []
    # Values were read as UTF-8 already, which is what these clients send.
    return [(name.encode(), value.encode()) for name, value in form.items(multi=True)]


def _decoded(pairs: list[tuple[bytes, bytes]], charset: str | None) -> dict[str, str]:
    raw = dict(pairs)
    named = raw.get(b"blog_charset") or raw.get(b"charset")
    codec = _codec(named.decode("ascii", "replace") if named else charset)
    return {_decode(name, codec): _decode(value, codec) for name, value in raw.items()}


def _codec(charset: str | None) -> str | None:
    """Give the codec for a charset's name; None for UTF-8, and for what is no charset."""
    try:
        name = codecs.lookup((charset or "").strip()).name
    except (LookupError, ValueError):
        return None
    if name.startswith("utf-8") or name in _NO_CHARSETS or not name.startswith(_TEXT_CODECS):
        return None
    # What calls itself Latin-1 is Windows-1252, as every browser knows.
    return "cp1252" if name == "iso8859-1" else name


def _decode(value: bytes, codec: str | None) -> str:
    if value.isascii() and (codec is None or not codec.startswith(("utf", "iso2022"))):
        return value.decode("ascii")
    for each in (codec, "utf-8"):
        if each is not None:
            try:
                return value.decode(each)
            except UnicodeError:
                continue
    return value.decode("latin-1" if codec == "cp1252" else "utf-8", "replace")


def key_candidates(
    fields: Fields, *, host: str, basic_user: str | None, names: Iterable[str] = ("api_key", "key")
) -> list[str]:
    """
    Give what may be the key, the surest place first.

    A key in the fields is meant as such, so nothing else counts beside it. Else it is the user name
    of Basic authentication up to the first dot, or the first label of the host.

    Args:
        host: the Host header, as sent.
    """
    for name in names:
        if given := fields.get(name, "").strip():
            return [given]
    found = [] if basic_user is None else [basic_user.partition(".")[0]]
    return [each for each in (*found, host.partition(".")[0]) if each]


def is_test(fields: Fields) -> bool:
    """Tell whether the request is only a test: a word for yes, not merely the field."""
    return fields.get("is_test", "").strip().lower() not in {"", "0", "false", "no", "off"}


def is_guaranteed_spam(fields: Fields) -> bool:
    """Tell whether it holds one of the values that are always spam, for trying a client out."""
    return (
        fields.get("comment_author", "").strip().lower() in _SPAM_AUTHORS
        or fields.get("comment_author_email", "").strip().lower() == _SPAM_EMAIL
        or _SPAM_TEXT in _text(fields)
    )


def by_administrator(fields: Fields) -> bool:
    """Tell whether the site says that an administrator of its own wrote it."""
    roles = fields.get("user_role", "").lower().split(",")
    return "administrator" in (role.strip() for role in roles)


def has_content(fields: Fields) -> bool:
    """Tell whether there is anything about the comment but where it came from."""
    names = ("comment_author", "comment_author_email", "comment_author_url")
    return bool(_text(fields).strip() or any(fields.get(name, "").strip() for name in names))


def wants_callback(fields: Fields) -> str | None:
    """Give the address to tell corrections to, when one that could be is named."""
    url = fields.get("callback", "").strip()
    return url if url.lower().startswith(("http://", "https://")) else None


def context_of(fields: Fields) -> tuple[str, ...]:
    """Give the words on what the page is about, sent as one text or as an array."""
    found = [
        value.strip()[:_NAME_CHARS]
        for name, value in fields.items()
        if name == "comment_context" or name.startswith("comment_context[")
    ]
    return tuple(each for each in found if each)[:_MOST_CONTEXT]


def comment_of(fields: Fields, *, site: str, received_at: datetime) -> Comment:
    """Give the comment of a request in the product's vocabulary; its page is its article."""

    def field(name: str, most: int = _NAME_CHARS) -> str | None:
        return fields.get(name, "").strip()[:most] or None

    permalink = field("permalink", _ADDRESS_CHARS)
    trap = _honeypot(fields)
    return Comment(
        text=_text(fields),
        received_at=received_at,
        author=Author(
            name=field("comment_author"),
            email=field("comment_author_email"),
            ip=field("user_ip"),
            url=field("comment_author_url", _ADDRESS_CHARS),
            user_agent=field("user_agent", _ADDRESS_CHARS),
        ),
        article=Article(url=permalink) if permalink else None,
        site=site,
        parent_id=field("comment_parent") if fields.get("comment_parent") != "0" else None,
        permalink=permalink,
        form=None if trap is None else Form(honeypot=trap[:_ADDRESS_CHARS]),
        topics=context_of(fields),
    )


def _text(fields: Fields) -> str:
    return fields.get("comment_content") or fields.get("comment_text", "")


def _honeypot(fields: Fields) -> str | None:
    """Give the content of the field people cannot see; WordPress repeats it under ``POST_``."""
    name = fields.get("honeypot_field_name", "").strip() or "ak_hp_textarea"
    for each in (name, f"POST_{name}"):
        if each in fields:
            return fields[each]
    return None
