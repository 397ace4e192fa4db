"""
Signals of links: how many sites a comment leads to, and whether it hides where.

Judges addresses as written; never opens one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

from moderation.signals.evidence import Evidence, listed, spans_of
from moderation.terms import Signal
from moderation.text import Link

__all__ = [
    "blocked_link",
    "link_disguised",
    "link_one",
    "link_shortener",
    "links_few",
    "links_many",
    "links_same_site",
]

MANY_SITES = 3
"""From this many different sites on a comment reads like a list of links."""

SAME_SITE_LINKS = 4
"""From this many links to one site on the comment is about that site."""

SHORTENERS = frozenset(
    """
    adf.ly bc.vc bit.do bit.ly bitly.com buff.ly clck.ru cutt.ly dub.sh goo.gl goo.su is.gd
    kutt.it linktr.ee lnkd.in lnnkin.com n9.cl opr.news ow.ly ouo.io plink.ir qps.ru rb.gy
    rebrand.ly rotf.lol s.id shorturl.at shorturl.com short.gy shrtco.de shorte.st t.co t.ly
    t2m.io tiny.cc tinyurl.com tny.im u.to urlz.fr v.gd v.ht vk.cc waa.ai yun.ir zaya.io zurl.ws
    """.split()
)
"""Registered domains whose only use is to stand for another address."""


def blocked_link(evidence: Evidence) -> Signal | None:
    """
    Links to a site this policy blocks.

    Hit: "See https://www.casino.example/win", with "casino.example" on the list.
    Near miss: "See https://mycasino.example".
    """
    blocked = evidence.lists.blocked_domains
    if not blocked or not evidence.links:
        return None
    found = [link for link in evidence.links if _is_under(link, blocked)]
    return _signal("BLOCKED_LINK", 1.0, "Links to a site this policy blocks", found)


def link_one(evidence: Evidence) -> Signal | None:
    """
    Links to another site.

    Hit: "Source: https://shop.example/a". Near miss: the same with the site's own address.
    """
    if not evidence.links:
        return None
    links = _foreign(evidence)
    if len(_sites(links)) != 1:
        return None
    return _signal("LINK_ONE", 0.5, "Links to another site", links)


def links_few(evidence: Evidence) -> Signal | None:
    """
    Links to two other sites.

    Hit: "https://shop.example and https://win.example".
    Near miss: "https://shop.example/a and https://www.shop.example/b".
    """
    if len(evidence.links) < 2:
        return None
    links = _foreign(evidence)
    if len(_sites(links)) != 2:
        return None
    return _signal("LINKS_FEW", 0.6, "Links to two other sites", links)


def links_many(evidence: Evidence) -> Signal | None:
    """
    Links to three or more other sites.

    Hit: "https://a.example https://b.example https://c.example".
    Near miss: three pages of one site.
    """
    if len(evidence.links) < MANY_SITES:
        return None
    links = _foreign(evidence)
    count = len(_sites(links))
    if count < MANY_SITES:
        return None
    return _signal(
        "LINKS_MANY", min(1.0, 0.25 * count), "Links to three or more other sites", links
    )


def links_same_site(evidence: Evidence) -> Signal | None:
    """
    Links to the same other site again and again.

    Hit: four links to pages of shop.example. Near miss: three of them.
    """
    if len(evidence.links) < SAME_SITE_LINKS:
        return None
    by_site: dict[str, list[Link]] = {}
    for link in _foreign(evidence):
        by_site.setdefault(link.domain or link.host, []).append(link)
    links = max(by_site.values(), key=len, default=[])
    if len(links) < SAME_SITE_LINKS:
        return None
    strength = min(1.0, 0.1 * len(links) + 0.1)
    message = "Links to the same other site again and again"
    return _signal("LINKS_SAME_SITE", strength, message, links)


def link_shortener(evidence: Evidence) -> Signal | None:
    """
    Uses a link shortener, which hides where the link leads.

    Hit: "Look: https://bit.ly/3xYz". Near miss: "I habit.ly use https://rabbit.ly.example".
    """
    if not evidence.links:
        return None
    found = [link for link in _foreign(evidence) if _is_under(link, SHORTENERS)]
    message = "Uses a link shortener, which hides where the link leads"
    return _signal("LINK_SHORTENER", 0.7, message, found)


def link_disguised(evidence: Evidence) -> Signal | None:
    """
    Disguises a link.

    Hit: "shop[.]example", an address of numbers, "https://bank.example@evil.example", or a name in
    look-alike letters. Near miss: "https://münchen.example", a name in its own letters.
    """
    if not evidence.links:
        return None
    found = [link for link in _foreign(evidence) if _is_disguised(link, evidence.text.raw)]
    return _signal("LINK_DISGUISED", 0.9, "Disguises a link", found)


def _foreign(evidence: Evidence) -> list[Link]:
    """Give the links that lead off the site and are not on its list of allowed domains."""
    allowed = evidence.lists.allowed_domains
    article = evidence.comment.article
    own = {
        host
        for url in (evidence.comment.permalink, article.url if article else None)
        if url and (host := _host_of(url))
    }
    return [
        link
        for link in evidence.links
        if not (allowed and _is_under(link, allowed))
        and not any(link.domain and f".{host}".endswith(f".{link.domain}") for host in own)
    ]


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _sites(links: list[Link]) -> set[str]:
    return {link.domain or link.host for link in links}


def _is_under(link: Link, domains: Collection[str]) -> bool:
    """Whether a link's host is one of the domains or lies under one."""
    if link.domain in domains or link.host in domains:
        return True
    labels = link.host.split(".")
    return any(".".join(labels[index:]) in domains for index in range(1, len(labels) - 1))


def _is_disguised(link: Link, raw: str) -> bool:
    if not link.domain and (":" in link.host or link.host.replace(".", "").isdigit()):
        return True
    written = raw[link.span.start : link.span.end].casefold()
    authority = written.partition("//")[2] or written
    authority = authority.partition("/")[0].partition("?")[0].partition("#")[0]
    if "@" in authority:
        return True
    if "xn--" in link.host or not link.host.isascii():
        labels = link.host.split(".")
        # Under a top level in the same letters ("ухо.рф") nobody takes the name for Latin.
        latin_ending = labels[-1].isascii() and not labels[-1].startswith("xn--")
        return latin_ending and any(map(_looks_latin, labels))
    # A host that does not stand there as it is read was written "shop[.]example" or alike.
    return bool(link.host) and link.host not in written


def _looks_latin(label: str) -> bool:
    """Whether a label of a host name mixes Latin letters with look-alikes of another script."""
    if label.startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            return True
    scripts = {
        unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()
    }
    if scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"} and "LATIN" in scripts:
        return True
    # A whole label in letters that each have a Latin twin is made to be misread ("арр1е").
    letters = [letter for letter in label if letter.isalpha()]
    return bool(letters) and all(letter in _TWINS for letter in letters)


_TWINS = frozenset("асеорхуіјѕһԁԛԝɡӏοινρυ")
"""Small Cyrillic and Greek letters that pass for Latin ones."""


def _signal(name: str, strength: float, message: str, links: list[Link]) -> Signal | None:
    if not links:
        return None
    hosts = listed([link.host for link in links])
    return Signal(name, strength, f"{message}: {hosts}.", spans_of([link.span for link in links]))
