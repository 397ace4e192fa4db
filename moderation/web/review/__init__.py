"""
The review pages: sign-in, the queue, a comment with all that is known of it, and verdicts on it.

Assembles the blueprint `bp` from the modules of this folder; holds no view itself.
"""

from __future__ import annotations

from moderation.web.review import comments, leases, queue, sign_in
from moderation.web.review.guard import bp

__all__ = ["bp", "comments", "leases", "queue", "sign_in"]
