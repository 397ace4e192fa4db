"""
Reads policies made for a test over the shipped one, and scores that a policy decides on.

Test code only.
"""

from __future__ import annotations

from moderation.policy import read_policies
from moderation.signals import NAMES
from moderation.terms import HEADS, Scores

SCORES = (*HEADS, "sarcasm")
"""The scores that these policies may name: those of any model, and one of nobody's."""


def read(tmp_path, text, score_names=SCORES):
    """Read a policy file of this content over the shipped one."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return read_policies(path, signal_names=NAMES, score_names=score_names)


def scores(kind=None, **values):
    """Scores of a harmless comment, with these changed."""
    mild = {"spam": 0.02, "toxicity": 0.03, "relevance": None, "substance": 0.7, "sarcasm": 0.0}
    return Scores(values={**mild, **values}, relevance_kind=kind)
