"""
A self-hosted service that scores reader comments under articles and learns from its moderators.

Start reading at ``moderation.terms``, then ``moderation.desk.check``.
"""

__version__ = "0.1.0"
