"""
The comparable form of an article's address, so that one article is not remembered as several.

Pure; fetches nothing.
"""

from __future__ import annotations

import hashlib
from urllib.parse import unquote, urlsplit

from moderation.store.columns import storable

__all__ = ["comparable", "link_digest"]

_DEFAULT_PORTS = {"http": 80, "https": 443}


def comparable(url: str) -> str:
    """
    Give what is left of an address without what does not change the page.

    Dropped are scheme, default port, case of the host, trailing slash, fragment and ``utm_*``
    parameters; percent escapes of the path are decoded. An address that cannot be taken apart is
    compared as it stands.
    """
    url = storable(url).strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = storable(unquote(parts.path)).rstrip("/")
    kept = [each for each in parts.query.split("&") if each and not _is_campaign(each)]
    return f"{host}{path}?{'&'.join(kept)}" if kept else f"{host}{path}"


def link_digest(url: str | None) -> str | None:
    """Give the SHA-256 of the comparable form, hex; None for no address or a blank one."""
    if url is None or not url.strip():
        return None
    return hashlib.sha256(comparable(url).encode()).hexdigest()


def _is_campaign(parameter: str) -> bool:
    return parameter.lower().startswith("utm_")
