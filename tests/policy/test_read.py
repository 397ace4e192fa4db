"""Reading and merging policy files: what is taken, and every way it is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import moderation.policy
from moderation.errors import PolicyError
from moderation.policy import decide, read_policies
from moderation.policy.merge import merge
from moderation.policy.policy import Budget
from moderation.signals import NAMES
from moderation.terms import HEADS, Action, RelevanceKind, Scores, Signal

SCORES = (*HEADS, "sarcasm")


def read(tmp_path, text, score_names=SCORES):
    """Read a policy file of this content over the shipped one."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return read_policies(path, signal_names=NAMES, score_names=score_names)


def scores(kind=None, **values):
    """Scores of a harmless comment, with these changed."""
    mild = {"spam": 0.02, "toxicity": 0.03, "relevance": None, "substance": 0.7, "sarcasm": 0.0}
    return Scores(values={**mild, **values}, relevance_kind=kind)


def test_shipped_policy_is_read_without_a_file():
    """The default stands on its own and every site has it."""
    policies = read_policies(None, signal_names=NAMES, score_names=HEADS)
    assert policies.for_site("one") is policies.for_site("two")
    assert policies.version == policies.default.version
    declared, _, digest = policies.version.rpartition("-")
    assert declared == "1"
    assert len(digest) == 8


def test_version_follows_content_and_not_comments(tmp_path):
    """Another number changes the version; another comment, or a value written out, does not."""
    plain = read(tmp_path, "").version
    assert read(tmp_path, "# only words\n[thresholds.spam]\nhold = 0.60\n").version == plain
    assert read(tmp_path, "[thresholds.spam]\nhold = 0.61\n").version != plain
    assert read(tmp_path, "[sites.a]\nshadow = true\n").version != plain
    assert read(tmp_path, 'version = "summer"\n').version.startswith("summer-")


def test_file_is_merged_over_the_shipped_policy(tmp_path):
    """A value named replaces the shipped one and its neighbours stay."""
    policy = read(tmp_path, "[thresholds.toxicity]\nhold = 0.3\n").default
    assert decide(policy, [], scores(toxicity=0.4)).action is Action.HOLD
    assert decide(policy, [], scores(toxicity=0.98)).action is Action.REJECT


def test_site_is_merged_over_the_file(tmp_path):
    """A site changes what it names, for itself alone."""
    policies = read(
        tmp_path,
        '[lists]\nblocked_words = ["a"]\n'
        '[sites."news.example"]\nshadow = true\n'
        '[sites."news.example".lists]\nadd_blocked_words = ["b"]\n'
        '[sites.other.lists]\nblocked_words = ["c"]\n',
    )
    assert policies.for_site("news.example").lists.blocked_words == {"a", "b"}
    assert policies.for_site("other").lists.blocked_words == {"c"}
    assert policies.for_site("third").lists.blocked_words == {"a"}
    assert policies.for_site("news.example").shadow
    assert not policies.for_site("other").shadow


def test_threshold_is_switched_off_by_false(tmp_path):
    """False takes a threshold away; the other one stays."""
    policy = read(tmp_path, "[thresholds.spam]\nreject = false\n").default
    assert decide(policy, [], scores(spam=0.99)).action is Action.HOLD


def test_extra_score_of_the_model_can_have_a_threshold(tmp_path):
    """A head beyond the four is used by its own name."""
    policy = read(tmp_path, "[thresholds.sarcasm]\nhold = 0.5\n").default
    decision = decide(policy, [], scores(sarcasm=0.8))
    assert decision.action is Action.HOLD
    assert decision.reasons[0].code == "SARCASM"
    assert decision.reasons[0].message == "Scores high for sarcasm (80 %)."


def test_score_a_policy_needs_and_the_model_lacks_is_a_failed_check(tmp_path):
    """A model without the score cannot pass the comment by silence."""
    policy = read(tmp_path, "[thresholds.sarcasm]\nhold = 0.5\n").default
    given = Scores(values={"spam": 0.0, "toxicity": 0.0, "relevance": None, "substance": 0.5})
    decision = decide(policy, [], given)
    assert decision.action is Action.HOLD
    assert decision.reasons[0].code == "CHECK_FAILED"


def test_generic_comments_can_be_held(tmp_path):
    """A site that wants no thin praise says so."""
    policy = read(tmp_path, '[thresholds.relevance]\ngeneric = "hold"\n').default
    decision = decide(policy, [], scores(RelevanceKind.GENERIC, relevance=0.5))
    assert decision.action is Action.HOLD
    assert decision.reasons[0].code == "GENERIC"


def test_a_site_can_go_by_what_its_moderators_would_do(tmp_path):
    """The example in the shipped policy holds, says so, and asks for nothing where it is null."""
    shipped = (Path(moderation.policy.__file__).parent / "default.toml").read_text("utf-8")
    example = re.search(r"(?m)^#   (\[thresholds\.likely_to_reject\])\n#   (.+)$", shipped)
    assert example
    policy = read(tmp_path, "\n".join(example.groups())).default
    decision = decide(policy, [], scores(likely_to_reject=0.87))
    assert decision.action is Action.HOLD
    (reason,) = decision.reasons
    assert reason.code == "LIKELY_TO_REJECT"
    assert reason.message == "Is what moderators here tend to reject (87 %)."
    assert decide(policy, [], scores(likely_to_reject=None)).action is Action.APPROVE
    assert decide(policy, [], scores(likely_to_reject=0.2)).action is Action.APPROVE


def test_rejecting_by_it_may_have_a_budget(tmp_path):
    """As of every score that is bad when it is high."""
    budget = "{ wrong_at_most = 0.05, sure = 0.95 }"
    text = f"[thresholds.likely_to_reject]\nhold = 0.5\nreject = {budget}\n"
    assert list(read(tmp_path, text).default.budgets) == ["likely_to_reject"]


def test_substance_can_be_switched_on(tmp_path):
    """Low substance holds where a site wants it."""
    policy = read(tmp_path, "[thresholds.substance]\nhold_below = 0.3\n").default
    decision = decide(policy, [], scores(substance=0.1))
    assert decision.action is Action.HOLD
    assert decision.reasons[0].code == "LOW_SUBSTANCE"


def test_failed_check_is_approved_only_when_asked_for(tmp_path):
    """A policy may let failed checks pass, and they still show."""
    policy = read(tmp_path, '[failed_check]\nsignal = "approve"\n').default
    decision = decide(policy, [], scores(), failed=("SHOUTING",))
    assert decision.action is Action.APPROVE
    assert decision.reasons[0].code == "CHECK_FAILED"
    assert decision.reasons[0].action is None


def _spam(reject):
    """A policy that rejects spam so."""
    return f"[thresholds.spam]\nreject = {reject}"


def test_an_error_budget_rejects_nothing_until_a_threshold_is_found(tmp_path):
    """A policy as read holds what it could reject; with a threshold it rejects from there on."""
    policy = read(tmp_path, _spam("{ wrong_at_most = 0.01, sure = 0.95 }")).default
    assert policy.budgets == {"spam": Budget(wrong_at_most=0.01, sure=0.95, bad_share=0.05)}
    assert decide(policy, [], scores(spam=0.999)).action is Action.HOLD
    found = policy.rejecting_from({"spam": 0.93})
    assert decide(found, [], scores(spam=0.93)).action is Action.REJECT
    assert decide(found, [], scores(spam=0.929)).action is Action.HOLD
    assert decide(found, [], scores(toxicity=0.97)).action is Action.REJECT
    assert found.version == f"{policy.version}+spam=0.93"
    assert decide(found.rejecting_from({}), [], scores(spam=0.999)).action is Action.HOLD


def test_budgets_are_merged_like_anything_else(tmp_path):
    """A site changes a part of a budget, or goes back to a number; each may have its share."""
    policies = read(
        tmp_path,
        _spam("{ wrong_at_most = 0.01, sure = 0.95, bad_share = 0.2 }")
        + "\n[budget]\nbad_share = 0.1\n"
        "[sites.a.thresholds.spam.reject]\nsure = 0.9\n"
        "[sites.b.thresholds.spam]\nreject = 0.9\n"
        "[sites.b.thresholds.toxicity]\nreject = { wrong_at_most = 0.02, sure = 0.99 }\n",
    )
    assert policies.for_site("a").budgets == {"spam": Budget(0.01, 0.9, 0.2)}
    assert policies.for_site("b").budgets == {"toxicity": Budget(0.02, 0.99, 0.1)}
    assert decide(policies.for_site("b"), [], scores(spam=0.95)).action is Action.REJECT
    assert policies.has_budgets
    assert not read(tmp_path, "").has_budgets


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        (_spam("{ wrong_at_most = 0.01, sure = 0.95 }"), 0.01),
        (_spam("{ wrong_at_most = 0.01, sure = 0.95 }") + "\n[audit]\nshare = 0", 0.0),
        ("[audit]\nshare = 0.2", 0.2),
    ],
)
def test_audits_come_with_a_budget_unless_a_share_is_named(tmp_path, text, share):
    """Nobody who states no budget gets audits unasked."""
    assert read(tmp_path, text).default.audit_share == share


def test_a_score_with_a_budget_is_one_the_policy_needs(tmp_path):
    """A model without it leaves the comment to a person, as with a number."""
    text = "[thresholds.sarcasm]\nhold = false\nreject = { wrong_at_most = 0.01, sure = 0.9 }"
    given = Scores(values={"spam": 0.0, "toxicity": 0.0, "relevance": None, "substance": 0.5})
    assert decide(read(tmp_path, text).default, [], given).action is Action.HOLD


RULE = """
[[add_rules]]
name = "{name}"
description = "Made for a test."
action = "{action}"
{rest}
"""


def test_added_rule_counts_beside_the_shipped_ones(tmp_path):
    """All of `all` and one of `any` are needed; the message is the rule's own."""
    rest = (
        'all = [{ signal = "LINK_ONE", min_strength = 0.5 }, { language = "de" }]\n'
        'any = [{ score = "spam", above = 0.2 }, { score = "relevance", below = 0.5 }]\n'
        'message = "German with a link."'
    )
    policy = read(tmp_path, RULE.format(name="GERMAN_LINK", action="hold", rest=rest)).default
    link = Signal("LINK_ONE", 0.5, "Links.")
    german = Scores(values={**scores(spam=0.25).values}, language="de")
    assert decide(policy, [link], german).reasons[0].message == "German with a link."
    assert decide(policy, [link], scores(spam=0.25)).action is Action.APPROVE
    no_any = Scores(values=scores().values, language="de")
    assert decide(policy, [link], no_any).action is Action.APPROVE
    weak = Signal("LINK_ONE", 0.4, "Links.")
    assert decide(policy, [weak], german).action is Action.APPROVE
    assert decide(policy, [Signal("TEST_REJECT", 1, "T.")], scores()).action is Action.REJECT


def test_added_rule_takes_the_place_of_one_with_its_name(tmp_path):
    """A shipped rule is made milder without writing out the others."""
    rest = 'all = [{ signal = "BLOCKED_WORD" }]'
    policy = read(tmp_path, RULE.format(name="BLOCKED_WORD", action="inform", rest=rest)).default
    decision = decide(policy, [Signal("BLOCKED_WORD", 1.0, "Blocked.")], scores())
    assert decision.action is Action.APPROVE
    assert [reason.action for reason in decision.reasons] == [None]


def test_approving_rule_lifts_weak_holds_and_nothing_else(tmp_path):
    """It sets aside relevance and points, never spam, a failed check, a rule or a rejection."""
    rest = 'all = [{ signal = "AUTHOR_TRUSTED" }]'
    policy = read(tmp_path, RULE.format(name="STAFF", action="approve", rest=rest)).default
    trusted = Signal("AUTHOR_TRUSTED", 0.4, "Trusted.")
    off = scores(RelevanceKind.OFF_TOPIC, relevance=0.05)
    assert decide(policy, [], off).action is Action.HOLD
    assert decide(policy, [trusted], off).action is Action.APPROVE
    assert decide(policy, [trusted], scores(spam=0.7)).action is Action.HOLD
    assert decide(policy, [trusted], off, failed=("X",)).action is Action.HOLD
    watched = Signal("WATCHED_WORD", 1.0, "Watched.")
    assert decide(policy, [trusted, watched], off).action is Action.HOLD
    test = Signal("TEST_REJECT", 1.0, "Test.")
    assert decide(policy, [trusted, test], off).action is Action.REJECT


def test_rules_can_be_replaced_altogether(tmp_path):
    """A plain list takes the place of the shipped one."""
    policy = read(tmp_path, "rules = []\n").default
    assert policy.rules == ()


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
        (_spam("{ sure = 0.9 }"), "thresholds.spam.reject.wrong_at_most", "missing"),
        (_spam("{ wrong_at_most = 0.01 }"), "thresholds.spam.reject.sure", "missing"),
        (
            _spam("{ wrong_at_most = 0, sure = 0.9 }"),
            "thresholds.spam.reject.wrong_at_most",
            "from 0.0001 to 0.5",
        ),
        (
            _spam("{ wrong_at_most = 0.01, sure = 1 }"),
            "thresholds.spam.reject.sure",
            "from 0.5 to 0.9999",
        ),
        (
            _spam("{ wrong_at_most = 0.01, sure = 0.9, certain = true }"),
            "thresholds.spam.reject.certain",
            "valid are bad_share, sure, wrong_at_most",
        ),
        (
            _spam('{ wrong_at_most = 0.01, sure = 0.9, bad_share = "few" }'),
            "thresholds.spam.reject.bad_share",
            "number",
        ),
        (_spam("[0.01, 0.95]"), "thresholds.spam.reject", "or false"),
        (
            "[thresholds.relevance]\nreject = { wrong_at_most = 0.01, sure = 0.9 }",
            "thresholds.relevance.reject",
            "never rejected",
        ),
        ("[budget]\nbad_share = 0", "budget.bad_share", "from 0.0001 to 0.9999"),
        ("[budget]\nsure = 0.9", "budget.sure", "valid are bad_share"),
        ("[audit]\nshare = 1.1", "audit.share", "from 0 to 1"),
        ("[audit]\nrate = 0.1", "audit.rate", "valid are share"),
        ("[sites.a.audit]\nshare = -1", "sites.a.audit.share", "from 0 to 1"),
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


@pytest.mark.parametrize(
    ("rest", "key", "words"),
    [
        ("", ".all", "needs a condition"),
        ('all = [{ signal = "NO_SUCH" }]', ".all[0].signal", "valid are AUTHOR"),
        ('all = [{ score = "anger", above = 0.1 }]', ".all[0].score", "valid are identity_attack"),
        ('all = [{ score = "spam" }]', ".all[0].score", "above or below"),
        ('all = [{ score = "spam", above = 0.1, below = 0.2 }]', ".all[0].score", "either"),
        ('all = [{ score = "spam", above = 3 }]', ".all[0].above", "0 to 1"),
        ('all = [{ signal = "SHOUTING", min_strength = 2 }]', ".all[0].min_strength", "0 to 1"),
        ('all = [{ signal = "SHOUTING", above = 0.2 }]', ".all[0].above", "does not go with"),
        ('any = [{ signal = "SHOUTING", language = "de" }]', ".any[0]", "exactly one of"),
        ("any = [{}]", ".any[0]", "exactly one of"),
        ('any = [{ relevance_kind = "odd" }]', ".any[0].relevance_kind", "off_topic"),
        ('any = [{ colour = "red" }]', ".any[0].colour", "valid are above"),
        ('all = [{ signal = "SHOUTING" }]\nweight = 2', ".weight", "0 to 1"),
        ('all = [{ signal = "SHOUTING" }]\nmessage = ""', ".message", "empty"),
    ],
)
def test_error_in_a_rule_names_the_place(tmp_path, rest, key, words):
    """A wrong condition is found by the rule's number and its own."""
    with pytest.raises(PolicyError) as caught:
        read(tmp_path, RULE.format(name="MINE", action="hold", rest=rest))
    assert caught.value.field == f"rules[7]{key}"
    assert words in caught.value.message


def test_unknown_action_of_a_rule_is_refused(tmp_path):
    """An action the machine does not have is no action."""
    rest = 'all = [{ signal = "SHOUTING" }]'
    with pytest.raises(PolicyError, match="approve, hold, inform, reject"):
        read(tmp_path, RULE.format(name="MINE", action="ban", rest=rest))


@pytest.mark.parametrize(
    "rest",
    [
        'all = [{ relevance_kind = "off_topic" }]',
        'all = [{ score = "relevance", below = 0.1 }, { language = "en" }]',
        'all = [{ score = "relevance", below = 0.1 }, { score = "spam", below = 0.9 }]',
        'all = [{ score = "relevance", below = 0.1 }, { score = "spam", above = 0.0 }]',
        'any = [{ signal = "SHOUTING" }, { relevance_kind = "off_topic" }]',
    ],
)
def test_rule_that_rejects_for_relevance_alone_is_refused(tmp_path, rest):
    """No rule may say what no threshold may."""
    with pytest.raises(PolicyError, match="never rejected for its relevance"):
        read(tmp_path, RULE.format(name="MINE", action="reject", rest=rest))


def test_rule_named_twice_is_refused(tmp_path):
    """Two rules of one name would hide each other."""
    one = RULE.format(name="MINE", action="hold", rest='all = [{ signal = "SHOUTING" }]')
    with pytest.raises(PolicyError, match="two rules 'MINE'"):
        read(tmp_path, (one + one).replace("add_rules", "rules"))


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a = ", b"a = " + b"[" * 100_000, b"a = 1\na = 2"]
)
def test_unreadable_file_is_refused_by_name(tmp_path, content):
    """Bytes that are no TOML are an error that names the file."""
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as caught:
        read_policies(path, signal_names=NAMES, score_names=HEADS)
    assert caught.value.field == str(path)


def test_missing_file_is_refused(tmp_path):
    """A file that was named must be there."""
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policies(tmp_path / "none.toml", signal_names=NAMES, score_names=HEADS)


def test_merge_changes_neither_side():
    """Merging makes something new: the default serves every site."""
    under = {"a": {"b": [1]}, "c": 1}
    over = {"a": {"add_b": [2, 1]}, "d": 2}
    assert merge(under, over) == {"a": {"b": [1, 2]}, "c": 1, "d": 2}
    assert under == {"a": {"b": [1]}, "c": 1}
    assert over == {"a": {"add_b": [2, 1]}, "d": 2}


def test_merge_adds_to_a_list_replaced_in_the_same_table():
    """`NAME` first, then `add_NAME`, whatever order they are written in."""
    assert merge({"b": [1]}, {"add_b": [3], "b": [2]}) == {"b": [2, 3]}
