"""Mistakes in policy files: each stops the reading, and is named with what would be right."""

from __future__ import annotations

import pytest

from moderation.errors import PolicyError
from tests.policy.reading import read


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("colour = 1", "colour", "valid are akismet, audit, budget"),
        ("shadow = 1", "shadow", "true or false"),
        ("version = 3", "version", "text"),
        ('version = " "', "version", "text"),
        ("[thresholds.anger]\nhold = 0.5", "thresholds.anger", "valid are identity_attack, insult"),
        ("[thresholds.spam]\nhold = 1.5", "thresholds.spam.hold", "0 to 1"),
        ("[thresholds.spam]\nhold = nan", "thresholds.spam.hold", "0 to 1"),
        ("[thresholds.spam]\nhold = true", "thresholds.spam.hold", "0 to 1"),
        ('[thresholds.spam]\nhold = "0.5"', "thresholds.spam.hold", "0 to 1"),
        ("[thresholds.spam]\nhold = 0.98", "thresholds.spam.reject", "less than hold"),
        ("[thresholds.spam]\nheld = 0.5", "thresholds.spam.held", "valid are hold, reject"),
        ("[thresholds.spam]\nhold_below = 0.5", "thresholds.spam.hold_below", "valid are"),
        ("[thresholds.relevance]\nreject = 0.1", "thresholds.relevance.reject", "never rejected"),
        ("[thresholds.substance]\nreject = 0.1", "thresholds.substance.reject", "never rejected"),
        ('[thresholds.relevance]\ngeneric = "reject"', "thresholds.relevance.generic", "one of"),
        ("thresholds = 3", "thresholds", "a table"),
        ('[failed_check]\nscore = "reject"', "failed_check.score", "approve, hold"),
        ('[failed_check]\nhead = "hold"', "failed_check.head", "valid are score, signal"),
        ("[points]\nhold = -1", "points.hold", "number"),
        ("[points]\nhold = 16", "points.reject", "less than points.hold"),
        ("[points]\nreject = 6.5", "points.groups.links.cap", "one family"),
        ("[points.groups.links]\ncap = 20", "points.groups.links.cap", "less than points.reject"),
        ("[points.groups.x]\nsignals = {}", "points.groups.x.cap", "missing"),
        (
            "[points.groups.links.signals]\nLINK_TWO = 1",
            "points.groups.links.signals.LINK_TWO",
            "valid are AUTHOR_FIRST_COMMENT",
        ),
        (
            "[points.groups.style.signals]\nLINK_ONE = 1",
            "points.groups.style.signals.LINK_ONE",
            "'links' already",
        ),
        (
            "[points.scores.relevance]\nstarts_at = 0.1\nmost = 2",
            "points.scores.relevance",
            "valid are identity_attack, insult",
        ),
        ("[points.scores.spam]\nstarts_at = 1.0", "points.scores.spam.starts_at", "0.999"),
        ("[lists]\nbanned = []", "lists.banned", "valid are allowed_domains"),
        ('[lists]\nblocked_words = "x"', "lists.blocked_words", "a list"),
        ('[lists]\nblocked_words = ["a", 3]', "lists.blocked_words[1]", "text"),
        ('[lists]\nblocked_words = [" "]', "lists.blocked_words[0]", "empty"),
        ('[lists]\nadd_blocked_words = "x"', "lists.add_blocked_words", "a list"),
        ('[lists]\nadd_banned = ["x"]', "lists.add_banned", "not known"),
        ('[lists]\nblocked_domains = ["http://a.b"]', "lists.blocked_domains[0]", "domain"),
        ("[[rules]]\nname = 3", "rules[0].name", "text"),
        ('[[rules]]\nname = "small"', "rules[0].name", "capitals"),
        ('[[rules]]\nname = "A"', "rules[0].description", "text"),
        ("rules = [1]", "rules[0]", "a table"),
        ("[[add_rules]]\nwhat = 1", "rules[7].what", "valid are action, all"),
        ("sites = 3", "sites", "a table"),
        ("[sites.a]\nversion = '2'", "sites.a.version", "once"),
        ("[sites.a.thresholds.spam]\nhold = 7", "sites.a.thresholds.spam.hold", "0 to 1"),
        ('[sites."a.b"]\nx = 1', 'sites."a.b".x', "valid are"),
    ],
)
def test_error_names_the_key_and_what_is_valid(tmp_path, text, key, words):
    """Every mistake stops the reading with the dotted key and what would be right."""
    with pytest.raises(PolicyError) as caught:
        read(tmp_path, text)
    assert caught.value.field == key
    assert words in caught.value.message
