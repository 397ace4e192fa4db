"""
What is done with what was found: policies as values, and the pure `decide`.

Reads policy files at the start; knows signals and scores by name only.
"""

from moderation.policy.decide import decide
from moderation.policy.policy import Policy, PolicySet
from moderation.policy.read import read_policies
from moderation.policy.reply import Reply, reply

__all__ = ["Policy", "PolicySet", "Reply", "decide", "read_policies", "reply"]
