"""Reading policy files: what is taken from them, and files that are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import moderation.policy
from moderation.errors import PolicyError
from moderation.policy import decide, read_policies
from moderation.signals import NAMES
from moderation.terms import HEADS, Action, RelevanceKind, Scores
from tests.policy.reading import read, scores


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
    assert read(tmp_path, "# only words\n[thresholds.spam]\nhold = 0.50\n").version == plain
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
