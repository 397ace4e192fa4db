"""
Recognises an author again without keeping who it is.

Pure; holds no secret of its own and reads no store.
"""

from __future__ import annotations

from hashlib import blake2b

from moderation.terms import Author

__all__ = ["author_key"]


def author_key(secret: bytes, author: Author) -> str | None:
    """
    Give the key an author's history is kept under: 32 hex digits, useless without the secret.

    The site's own id is the best mark, then the e-mail address (any case), then the IP address.

    Args:
        secret: 16..64 random bytes, the same in every process of an installation.

    Returns:
        None when the site sent nothing to recognise the author by.
    """
    # The kind goes in too, so that an author whose id looks like an address is not somebody else.
    for kind, value in (
        ("id", author.id),
        ("email", author.email and author.email.lower()),
        ("ip", author.ip),
    ):
        if value and (mark := value.strip()):
            named = f"{kind}:{mark}".encode("utf-8", "surrogatepass")
            return blake2b(named, key=secret, digest_size=16).hexdigest()
    return None
