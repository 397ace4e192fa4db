"""
Downloads one file over HTTPS into a folder, whole or not at all.

Knows no data set; follows redirects only to HTTPS, and reads no more than it may.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from moderation.errors import SourceError

__all__ = ["BYTE_LIMIT", "Opener", "Response", "download", "open_https"]

# Every upstream file in use is below 8 MB; a repository archive below 16 MB.
BYTE_LIMIT = 64 * 1024 * 1024
_TIMEOUT_SECONDS = 60.0
_CHUNK_BYTES = 64 * 1024


class Headers(Protocol):
    """Names and values of an answer."""

    def get(self, name: str, /) -> str | None:
        """Give the value of the header `name`, or None."""


class Response(Protocol):
    """What is needed of an HTTP answer; ``urllib``'s has it."""

    @property
    def headers(self) -> Headers:
        """The answer's headers."""

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, at most `size`; none at the end."""

    def geturl(self) -> str:
        """Give the address that answered in the end."""


Opener = Callable[[str], AbstractContextManager[Response]]
"""Opens an HTTPS address; raises OSError (``urllib.error.HTTPError`` is one) when it cannot."""


class HttpsRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only when it stays on HTTPS."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Give the request to follow, or raise `SourceError` before anything is sent."""
        _require_https(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_https(url: str) -> AbstractContextManager[Response]:
    """Open an address with the system's certificates and proxy settings, and a time limit."""
    opener = urllib.request.build_opener(HttpsRedirects)
    request = urllib.request.Request(  # noqa: S310 - `download` has seen that it is HTTPS.
        url, headers={"User-Agent": "moderation-datasets", "Accept-Encoding": "identity"}
    )
    answer: AbstractContextManager[Response] = opener.open(request, timeout=_TIMEOUT_SECONDS)
    return answer


def _require_https(url: str) -> None:
    if urlsplit(url).scheme != "https":
        raise SourceError(f"was sent to {url}, which is not HTTPS")


def download(url: str, path: Path, opener: Opener, *, limit: int = BYTE_LIMIT) -> None:
    """
    Download `url` to `path`, which must be in a folder that the caller throws away on failure.

    Args:
        url: HTTPS only.
        path: new file.
        opener: opens the address.
        limit: largest size taken, in bytes.

    Raises:
        SourceError: not HTTPS, no answer, an HTTP error, cut short, too large, or not writable.
    """
    _require_https(url)
    try:
        with opener(url) as answer, path.open("wb") as stream:
            _require_https(answer.geturl())
            claimed = answer.headers.get("Content-Length") or ""
            _require_size(int(claimed) if claimed.isdecimal() else 0, limit, url)
            size = 0
            while chunk := answer.read(_CHUNK_BYTES):
                size += len(chunk)
                _require_size(size, limit, url)
                stream.write(chunk)
    except urllib.error.HTTPError as error:
        with error:
            raise SourceError(f"{url} answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise SourceError(f"{url} could not be downloaded: {error}") from error
    if claimed.isdecimal() and size != int(claimed):
        raise SourceError(f"{url} was cut short: {size:,} of {int(claimed):,} bytes")


def _require_size(size: int, limit: int, url: str) -> None:
    if size > limit:
        raise SourceError(f"{url} is larger than the {limit:,} bytes taken")
