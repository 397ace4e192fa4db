"""
Links in a comment, written openly, as markup, without a scheme, or defanged.

Finds them; whether a link is bad is for signals and policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from ipaddress import ip_address

from moderation.terms import Span
from moderation.text.normalise import Text
from moderation.text.offsets import Edit, Step, apply_edits, source_span
from moderation.text.suffixes import is_known_suffix, registered_domain

__all__ = ["Link", "find_links", "refang"]


@dataclass(frozen=True, slots=True)
class Link:
    """
    One link.

    Attributes:
        url: with a scheme, disguises undone; otherwise as written.
        host: lower case, internationalised names in their ASCII form, no port.
        domain: registered domain, or "" when the host is an IP address.
        span: in the text as sent.
    """

    url: str
    host: str
    domain: str
    span: Span


# One search that nearly every text without a link fails.
_HINT = re.compile(
    r"[.:\[({\s](?:(?<=\.)[^\W_]|(?<=:)//|(?<=[\[({])\s?(?:\.|[dD][oO][tT]|نقطه|نقطة)\s?[\])}]"
    r"|(?<=\s)(?:[dD][oO][tT]|\.)\s)"
)

_DEFANGED = re.compile(
    r"\s?[\[({]\s?(?:\.|dot|نقطه|نقطة)\s?[\])}]\s?"
    # Spelled out, only before the commonest suffixes and after something like a name.
    r"|(?<=[a-z0-9])\s(?:dot|\.)\s(?=(?:com|net|org|info|ru|ir|io|co)\b(?!\s(?:bubble|boom|crash|era"
    r"|compan|stock|bust)))",
    re.I,
)
_NOT_A_NAME = re.compile(r"\b(?:the|a|an|this|that|every|big|another|old|first|of|and)\Z", re.I)
_DEFANGED_COLON = re.compile(r"\[:\](?=//)|\[://\]")

_HOST = r"(?:[^\s/?#<>\[\]\"`{}|\\^«»“”]*\[[0-9a-f:.]{2,45}\]|[^\s/?#<>\[\]\"`{}|\\^«»“”]+)"
_SCHEME = r"(?:https?|hxxps?|h\*\*ps?|ftps?):/{2,3}"
_TAIL = r"[^\s<>\[\]\"`{}|\\^«»“”]*"
_ASCII_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Latin, Greek and Cyrillic letters may stand in a name without a scheme; scripts written without
# spaces around Latin words may not, or the words before the name would be taken for a part of it.
_LETTER = r"a-z0-9\u00df-\u024f\u03ac-\u03ce\u0430-\u045f"
_LABEL = rf"[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?"
_LINK = re.compile(
    rf"(?P<scheme>{_SCHEME})(?P<rest>{_HOST}{_TAIL})"
    rf"|(?<![\w@.-])www\d?\.(?P<www>{_HOST}{_TAIL})"
    rf"|(?<![a-z0-9@._\u00df-\u024f\u0430-\u045f-])(?P<bare>(?:{_LABEL}\.)+"
    rf"(?:xn--[a-z0-9-]{{2,59}}|[a-z]{{2,24}}|[\u0430-\u045f]{{2,12}}))"
    rf"(?![\w@-]*@)(?![a-z0-9_\u00df-\u024f\u0430-\u045f-])(?P<after>(?::\d{{2,5}})?(?:[/?#]{_TAIL})?)"
    rf"|(?<![\w.@/-])(?P<ip>\d{{1,3}}(?:\.\d{{1,3}}){{3}})(?P<place>(?::\d{{2,5}}(?:/{_TAIL})?|/{_TAIL}))",
    re.I,
)
_HREF = re.compile(r"<a\s[^<>]*?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.I)
_ASCII_HOST = re.compile(rf"(?:{_ASCII_LABEL}\.)+[a-z]{{2,24}}(?![a-z0-9-])", re.I)
_HOST_CHARS = re.compile(r"[^\s/?#\\]+")

_TRAILING = ".,;:!?'*_~…،؛؟۔。，！？；：、’”»›>"
_PAIRS = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【", "」": "「"}

# Suffixes that end an English (or other) sentence glued to the next more often than a name.
_WORD_SUFFIXES = frozenset(
    "am an as at be best bet by case cash day do fail fan fit fun fyi gay here how id if in is it"
    " la life live lol love me men my new news no now one or pm sex so team then tips to today us"
    " was we work world wow you your la ma pa st re ve".split()
) - {"id"}
_FILE_SUFFIXES = frozenset("md mov ps py rs sh so zip".split())
_SHORT_NAMES = frozenset(
    "t.co x.com g.co t.me t.ly j.mp s.id v.gd b.link g.page m.me q.gs u.to x.co z.com".split()
)
_KNOWN_NAMES = frozenset(
    "about.me telegram.me wa.me t.me m.me signal.me goo.gl bit.do v.ht line.me paypal.me".split()
)
_NOT_LINKS = frozenset("asp.net ado.net vb.net ml.net paint.net".split())


def find_links(text: Text) -> tuple[Link, ...]:
    """Find every link, in the order of their places; link targets of anchors included."""
    has_anchor = "<" in text.raw and "href" in text.raw.lower()
    if not has_anchor and _HINT.search(text.plain) is None:
        return ()
    found = list(_anchored(text.raw)) if has_anchor else []
    targets = {link.url for link in found}
    readable, step = refang(text.plain)
    steps = () if step is None else (step,)
    for start, end, url, host in _written(readable):
        # The text of an anchor is often its target once more.
        if url in targets:
            continue
        plain = source_span(steps, start, end)
        span = text.raw_span_of_plain(plain.start, plain.end)
        found.append(Link(url, host, _domain(host), span))
    found.sort(key=lambda link: (link.span.start, link.span.end))
    return tuple(found)


def refang(plain: str) -> tuple[str, Step | None]:
    """Undo "example[.]com", "example dot com" and "hxxp[:]//", with the step back."""
    edits = []
    if "[:" in plain:
        edits = [
            Edit(match.start(), match.end(), ":" if match[0] == "[:]" else "://")
            for match in _DEFANGED_COLON.finditer(plain)
        ]
    for match in _DEFANGED.finditer(plain):
        if match[0].strip()[0] not in "[({" and _NOT_A_NAME.search(
            plain, max(0, match.start() - 12), match.start()
        ):
            continue
        edits.append(Edit(match.start(), match.end(), "."))
    edits.sort()
    return apply_edits(plain, edits)


def _anchored(raw: str) -> Iterator[Link]:
    for match in _HREF.finditer(raw):
        group = match.lastindex or 1
        url = unescape(match[group]).strip()
        if url.startswith("//"):
            url = f"http:{url}"
        read = _LINK.match(url)
        parsed = _parse(read) if read else None
        if parsed is not None:
            host = parsed[1]
            yield Link(parsed[0], host, _domain(host), Span(match.start(group), match.end(group)))


def _written(plain: str) -> Iterator[tuple[int, int, str, str]]:
    position = 0
    while (match := _LINK.search(plain, position)) is not None:
        parsed = _parse(match)
        if parsed is None:
            # A bare name may follow inside what was no link: go on after its first label.
            position = max(match.start() + 1, min(match.end(), _next_start(match)))
            continue
        url, host, length = parsed
        yield match.start(), match.start() + length, url, host
        position = match.start() + length


def _next_start(match: re.Match[str]) -> int:
    return match.end() if match["bare"] else match.start() + 4


def _parse(match: re.Match[str]) -> tuple[str, str, int] | None:
    """Give url, host and the length of the match that belongs to the link."""
    whole = _trimmed(match[0])
    if match["ip"]:
        host = _address(match["ip"])
        return (f"http://{whole}", host, len(whole)) if host else None
    if match["bare"]:
        if not _is_plausible(match, whole):
            return None
        host = _ascii(match["bare"])
        return (f"http://{whole}", host, len(whole)) if host else None
    scheme = match["scheme"] or ""
    rest = whole[len(scheme) :]
    authority = _HOST_CHARS.match(rest)
    if authority is None:
        return None
    name = authority[0]
    _, _, hostport = name.rpartition("@")
    host, cut = _host_of(hostport)
    if not host:
        return None
    if cut is not None:
        # Words of another script went on right after an ASCII name.
        kept = len(scheme) + len(name) - len(hostport) + cut
        whole = whole[:kept]
    if not scheme:
        if not _is_known(host):
            return None
        return f"http://{whole}", host, len(whole)
    fixed = {"hxxp": "http", "h**p": "http"}.get(scheme[:4].lower(), scheme[:4].lower())
    secure = "s" if scheme.rstrip(":/")[-1:].lower() == "s" else ""
    kind = f"{fixed}{secure}" if fixed == "http" else scheme.rstrip(":/").lower()
    return f"{kind}://{whole[len(scheme) :]}", host, len(whole)


def _host_of(hostport: str) -> tuple[str, int | None]:
    if hostport.startswith("["):
        return _address(hostport[1:].partition("]")[0]), None
    name = re.sub(r":\d*\Z", "", hostport)
    if not name.isascii():
        prefix = _ASCII_HOST.match(name)
        if prefix and is_known_suffix(prefix[0].lower()) and not name[prefix.end()] == ".":
            return prefix[0].lower(), prefix.end()
    if re.fullmatch(r"[\d.]+", name):
        return _address(name), None
    return _ascii(name), None


def _trimmed(written: str) -> str:
    end = len(written)
    opened = {mark: written.count(mark) for pair in _PAIRS.items() for mark in pair}
    # A closing bracket without its opening one belongs to the markup around.
    while end:
        last = written[end - 1]
        if last in _PAIRS and opened[last] > opened[_PAIRS[last]]:
            opened[last] -= 1
        elif last not in _TRAILING and last not in "([{（【「":
            break
        elif last in opened:
            opened[last] -= 1
        end -= 1
    return written[:end]


def _is_plausible(match: re.Match[str], whole: str) -> bool:
    name = match["bare"]
    lowered = name.lower()
    labels = lowered.split(".")
    suffix = labels[-1]
    has_place = len(whole) > len(name) + 1
    if lowered in _NOT_LINKS or not _is_known(_ascii(name)):
        return False
    if lowered in _SHORT_NAMES or lowered in _KNOWN_NAMES:
        return True
    if len(labels[-2]) == 1 and not has_place:
        return False
    if all(len(label) == 1 for label in labels[:-1]):
        return False
    if has_place and "/" in whole[len(name) :]:
        # "and/or" style slashes follow ordinary words too, but hardly after a glued full stop.
        return suffix not in _WORD_SUFFIXES or len(whole) > len(name) + 2
    last = name.rsplit(".", 1)[1]
    if last[0].isupper() and not name.isupper() and suffix not in ("com", "net", "org"):
        # "end.Next": a sentence began without its space.
        return False
    if suffix in _FILE_SUFFIXES:
        return False
    if suffix in _WORD_SUFFIXES:
        return (len(labels) > 2 and len(labels[-2]) > 3) or bool(re.search(r"[\d-]", labels[-2]))
    return True


def _is_known(host: str) -> bool:
    return "." in host and is_known_suffix(host)


def _ascii(name: str) -> str:
    name = name.lower().strip(".")
    if name.isascii():
        return name if re.fullmatch(r"[a-z0-9._-]+", name) else ""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _address(written: str) -> str:
    try:
        return str(ip_address(written))
    except ValueError:
        return ""


def _domain(host: str) -> str:
    if ":" in host or host.replace(".", "").isdigit():
        return ""
    return registered_domain(host)
