"""Places never seen: what is left out of what, and what is said of sets that are not here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from moderation.training.elsewhere import measure_elsewhere
from moderation.training.encode import Encoded, encode
from moderation.training.outcomes import Outcome
from moderation.training.rows import Row
from tests.training.made_rows import READER, ham, pills

pytestmark = pytest.mark.usefixtures("in_threads")


def of(source: str, count: int, seed: int, *, language: str = "en", phrase: str = "") -> list[Row]:
    """Make as many remarks as advertisements of a source, each in a group of its own."""
    rows = [*ham(count, seed=seed), *pills(count, seed=seed + 50, phrase=phrase or "cheap pills")]
    return [
        replace(row, source=source, group=f"{n}", language=language, toxicity=n % 2 == 0)
        for n, row in enumerate(rows)
    ]


LEARNED = [
    *of("corpus", 60, 1),
    *of("corpus", 20, 2, language="ru", phrase="pharmacy of the north"),
    *of("youtube_spam_psy", 40, 3),
    *of("sms_spam_uci", 60, 4),
]
AWAY = of("email_spam_fa", 20, 5, language="fa")


def encoded(rows: list[Row]) -> Encoded:
    """Encode with a small made reader."""
    return encode([row.text for row in rows], READER)


@pytest.fixture(scope="module")
def found(in_threads: None) -> list[Outcome]:
    """All outcomes of the rows above."""
    rows = [*LEARNED, *AWAY]
    return measure_elsewhere(rows, encoded(rows), learned=len(LEARNED))


def test_every_source_is_left_out_once(found: list[Outcome]) -> None:
    """A video counts for three goals, other sources for none; the numbers are on all their rows."""
    videos = [one for one in found if one.work == "spam, a video left out"]
    assert [(one.place, one.metric, one.goal) for one in videos] == [
        ("youtube_spam_psy", "ROC-AUC", "video_auc"),
        ("youtube_spam_psy", "F1", "video_f1"),
        ("youtube_spam_psy", "caught", "video_caught"),
    ]
    assert all((one.rows, one.bad) == (80, 40) for one in videos)
    # The same advertising is in the other sources, so it is found here too.
    assert videos[0].found.value > 0.9
    others = {one.place for one in found if one.work == "spam, a source left out"}
    assert others == {"corpus", "sms_spam_uci"}
    assert all(one.goal is None for one in found if one.work == "spam, a source left out")


def test_a_set_is_cut_into_parts_with_the_others_and_alone(found: list[Outcome]) -> None:
    """Every row is judged once by a head that saw the other parts."""
    parts = [one for one in found if one.place == "sms_spam_uci" and one.metric == "MCC"]
    assert [one.work.rpartition(", ")[2] for one in parts] == ["all sources", "that set alone"]
    assert all((one.rows, one.goal) == (120, "sms_mcc") for one in parts)
    assert all(one.found.value > 0.5 for one in parts)


def test_a_language_is_left_out_of_every_source(found: list[Outcome]) -> None:
    """It is measured in the sets for measuring too, which nothing learns from."""
    russian = [one for one in found if one.work == "spam, ru left out"]
    assert [(one.place, one.rows, one.goal) for one in russian] == [("corpus, ru", 40, None)]
    persian = [one for one in found if one.work == "spam, fa left out"]
    assert [(one.place, one.goal) for one in persian] == [
        ("email_spam_fa, fa", "spam_language_auc")
    ]
    toxic = [one for one in found if one.work == "toxicity, ru left out"]
    assert [(one.place, one.goal) for one in toxic] == [("corpus, ru", "toxicity_language_auc")]


def test_sets_for_measuring_are_never_a_source_to_learn_from(found: list[Outcome]) -> None:
    """None is left out, since none is ever in."""
    assert not [one for one in found if "a source left out" in one.work and "fa" in one.place]
    without = measure_elsewhere(LEARNED, encoded(LEARNED), learned=len(LEARNED))
    assert [one for one in found if "email" not in one.place] == without


def test_a_source_of_one_class_is_not_measured_on() -> None:
    """A list of spam phrases cannot show what it would do to good comments."""
    phrases = [replace(row, toxicity=None) for row in of("phrases", 30, 6) if row.spam]
    rows = [*LEARNED[:240], *phrases]
    found = measure_elsewhere(rows, encoded(rows), learned=len(rows))
    assert "phrases" not in {one.place for one in found}
    assert "youtube_spam_psy" in {one.place for one in found}


def test_assumed_labels_are_never_measured_on() -> None:
    """What a set's nature says is no source to leave out."""
    assumed = [replace(row, assumed=frozenset({"toxicity"})) for row in of("chat", 20, 7)]
    rows = [*LEARNED, *assumed]
    found = measure_elsewhere(rows, encoded(rows), learned=len(rows))
    assert {one.work for one in found if one.place == "chat"} == {"spam, a source left out"}
