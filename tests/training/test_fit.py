"""Fitting the linear heads: from nothing, on top of a model, and what must stay as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from moderation.classifiers.features import NGRAM_BITS
from moderation.classifiers.heads import LINEAR_HEADS, LinearHeads
from moderation.terms import RelevanceKind
from moderation.text import normalise
from moderation.training.encode import encode, tfidf
from moderation.training.fit import fit_heads, fit_idf, out_of_fold_logits, targets
from moderation.training.harmless import COURTESIES, HARMLESS, ORDINARY, STRAYS
from moderation.training.rows import Row
from tests.training.made_rows import READER, ham, heads_of, logits_of, pills, put, spam_logits

pytestmark = pytest.mark.usefixtures("in_threads")

KNOWN = ham(60, seed=1) + pills(60, seed=2)
NEW_PHRASE = "my stylist waits for you at glamour corner"


@pytest.fixture(scope="module")
def base(in_threads: None) -> LinearHeads:
    """Give heads that know the old advertising."""
    return heads_of(KNOWN)


@pytest.fixture(scope="module")
def corrected(base: LinearHeads) -> LinearHeads:
    """Give the same heads after thirty labels of a new wave and thirty approvals."""
    return heads_of([*pills(30, seed=3, phrase=NEW_PHRASE), *ham(30, seed=4)], base)


def test_targets_tell_no_from_not_known() -> None:
    """A label that is missing is nan; thin praise is what the kind says."""
    rows = [put("a", 1, spam=True), put("b", 2, spam=False), put("c", 3)]
    assert targets(rows, "spam").tolist()[:2] == [1, 0]
    assert np.isnan(targets(rows, "spam")[2])
    praise = Row("Well said", "corpus", "g", kind=RelevanceKind.GENERIC)
    assert targets([praise], "generic").tolist() == [1]
    assert np.isnan(targets([praise], "toxicity")).all()


@pytest.mark.parametrize("text", ["I waited for the tram", "", "Привет, 世界 🙂", "a"])
def test_training_and_serving_see_the_same(base: LinearHeads, text: str) -> None:
    """The log-odds that training computes are those that serving computes."""
    served = base.logits(READER.read(normalise(text)))
    encoded = encode([text], READER)
    for column, head in enumerate(LINEAR_HEADS):
        assert logits_of(base, encoded, head)[0] == pytest.approx(served[column], abs=1e-3)


def test_a_head_learns_what_its_labels_say(base: LinearHeads) -> None:
    """Advertising of texts not seen in fitting stands above remarks not seen in fitting."""
    unseen = ham(30, seed=11) + pills(30, seed=12)
    wanted = [row.spam for row in unseen]
    assert roc_auc_score(wanted, spam_logits(base, unseen)) > 0.95


def test_a_head_does_not_learn_from_other_heads_labels(base: LinearHeads) -> None:
    """Rows labelled for spam leave toxicity where it was."""
    column = LINEAR_HEADS.index("toxicity")
    assert not base.weights[:, column].any()
    assert not base.dense[:, column].any()


def test_learning_on_top_corrects_what_the_labels_say(
    base: LinearHeads, corrected: LinearHeads
) -> None:
    """Thirty labels of a new spam phrase make its next appearance spam."""
    unseen = pills(10, seed=13, phrase=NEW_PHRASE)
    assert (spam_logits(corrected, unseen) > spam_logits(base, unseen)).all()
    assert (spam_logits(corrected, unseen) > 0).all()


@pytest.mark.parametrize("is_spam", [True, False])
def test_a_single_label_moves_its_comment_the_right_way(base: LinearHeads, is_spam: bool) -> None:
    """Where the base is wrong or unsure, "spam" raises and "not spam" lowers the score."""
    wrong = ham(1, seed=41) if is_spam else pills(1, seed=41)
    for text in ("Aunt Rosie pays, call 555 0143", wrong[0].text):
        row = put(text, 1, "labels", spam=is_spam)
        before, after = (spam_logits(h, [row])[0] for h in (base, heads_of([*KNOWN, row], base)))
        assert after > before if is_spam else after < before


def test_learning_on_top_of_the_same_rows_changes_little(base: LinearHeads) -> None:
    """What the base was fitted on already has hardly anything new to say."""
    unseen = ham(20, seed=31) + pills(20, seed=32)
    drift = spam_logits(heads_of(KNOWN, base), unseen) - spam_logits(base, unseen)
    corrected = heads_of(pills(30, seed=3, phrase=NEW_PHRASE) + ham(30, seed=4), base)
    wave = pills(20, seed=13, phrase=NEW_PHRASE)
    moved = spam_logits(corrected, wave) - spam_logits(base, wave)
    assert np.abs(drift).mean() < moved.mean() / 2


def test_learning_on_top_keeps_what_the_model_knew(
    base: LinearHeads, corrected: LinearHeads
) -> None:
    """Old spam that no new label speaks of is still told from remarks, nearly without fault."""
    old = ham(50, seed=21) + pills(50, seed=22)
    wanted = np.array([row.spam for row in old])
    before = spam_logits(base, old)
    assert roc_auc_score(wanted, before) > 0.95
    after = spam_logits(corrected, old)
    assert roc_auc_score(wanted, after) > 0.95
    right = (before > 0) == wanted
    assert ((after > 0) == wanted)[right].mean() > 0.95


@pytest.mark.parametrize(
    "rows", [[], ham(20, seed=5), pills(20, seed=6)], ids=["none", "no", "yes"]
)
def test_where_a_class_is_missing_the_head_stays(base: LinearHeads, rows: list[Row]) -> None:
    """Without both classes there is nothing to learn: the base keeps its weights, bit by bit."""
    after = heads_of(rows, base)
    assert np.array_equal(after.weights, base.weights)
    assert np.array_equal(after.dense, base.dense)
    assert np.array_equal(after.intercept, base.intercept)


def test_from_nothing_a_class_alone_teaches_nothing() -> None:
    """Without a base such a head says "I do not know" of everything."""
    heads = heads_of(ham(20, seed=5))
    assert np.array_equal(spam_logits(heads, KNOWN), np.zeros(len(KNOWN)))


def test_the_same_data_gives_the_same_weights(base: LinearHeads) -> None:
    """Fitting leaves nothing to chance, from nothing or on top of a model."""
    assert np.array_equal(base.weights, heads_of(KNOWN).weights)
    again = [heads_of(pills(20, seed=7) + ham(20, seed=8), base) for _ in range(2)]
    assert np.array_equal(again[0].weights, again[1].weights)
    assert np.array_equal(again[0].intercept, again[1].intercept)


def test_labels_count_more_than_a_public_set() -> None:
    """Where a moderator and a public set disagree on like texts, the moderator's word counts."""
    phrase = "write to the editor"
    public = [put(f"{phrase} number {n}", n, "sms", spam=True) for n in range(20)]
    unseen = [put(f"{phrase} please", 1)]
    # The rest is of one source, so that both classes weigh the same in both runs.
    rest = [replace(row, source="labels") for row in ham(20, seed=1) + pills(20, seed=2)]

    def fitted(source: str) -> float:
        approved = [put(f"{phrase} letter {n}", n, source, spam=False) for n in range(20)]
        return float(spam_logits(heads_of([*public, *approved, *rest]), unseen)[0])

    assert fitted("labels") < fitted("sms")


def test_rare_buckets_weigh_more() -> None:
    """An n-gram in every text says less than one in a single text; all stay finite."""
    encoded = encode(["tram tram", "tram late", "tram soup"], READER)
    idf = fit_idf(encoded)
    counts = np.asarray(encoded.buckets.sum(axis=0)).ravel()
    assert idf.shape == (1 << NGRAM_BITS,)
    assert np.isfinite(idf).all()
    assert idf[counts == 3].max() < idf[counts == 1].min()


def test_out_of_fold_no_row_judges_itself() -> None:
    """On labels drawn by chance a head seems to know; out of fold it shows that it does not."""
    chance = np.random.default_rng(0)
    rows = [
        put(row.text, n, spam=bool(chance.integers(2))) for n, row in enumerate(ham(120, seed=9))
    ]
    encoded = encode([row.text for row in rows], READER)
    idf = fit_idf(encoded)
    fits = fit_heads(rows, encoded, idf, None)
    wanted = [row.spam for row in rows]
    fitted = fits["spam"].logits(tfidf(encoded, idf), encoded.dense)
    held_out = out_of_fold_logits(rows, encoded, idf, "spam", fits)
    assert roc_auc_score(wanted, fitted) > 0.9
    assert roc_auc_score(wanted, held_out) < 0.7


def test_out_of_fold_with_too_few_groups_is_the_fit() -> None:
    """Four groups make no five folds; the head's own word is taken then."""
    rows = [*ham(2, seed=1), *pills(2, seed=2)]
    encoded = encode([row.text for row in rows], READER)
    idf = fit_idf(encoded)
    fits = fit_heads(rows, encoded, idf, None)
    expected = fits["spam"].logits(tfidf(encoded, idf), encoded.dense)
    assert np.array_equal(out_of_fold_logits(rows, encoded, idf, "spam", fits), expected)


def test_astray_is_learned_from_whole_comments_under_their_own_articles() -> None:
    """And from what fits under any or under none; pieces that we cut and a forum say nothing."""
    off = replace(put("lost cat, grey", 1), kind=RelevanceKind.OFF_TOPIC)
    rows = [
        off,
        replace(off, kind=RelevanceKind.ON_TOPIC),
        replace(off, kind=RelevanceKind.GENERIC),
        replace(HARMLESS[COURTESIES], text="so true", source=COURTESIES),
        replace(HARMLESS[STRAYS], text="lost cat", source=STRAYS),
        replace(HARMLESS[ORDINARY], text="The bridge opened in May.", source=ORDINARY),
        replace(off, fragment=True),
        replace(off, source="semeval2016_cqa_en"),
        put("late again", 2),
    ]
    found = targets(rows, "astray")
    assert found[:5].tolist() == [1, 0, 0, 0, 1]
    assert np.isnan(found[5:]).all()


def test_what_speaks_of_something_is_no_thin_praise() -> None:
    """In most languages there is nothing but ordinary sentences to tell courtesies from."""
    rows = [
        replace(HARMLESS[COURTESIES], text="proprio così", source=COURTESIES),
        replace(HARMLESS[ORDINARY], text="Il ponte riapre a maggio.", source=ORDINARY),
        replace(HARMLESS[STRAYS], text="lost cat", source=STRAYS),
        put("late again", 2),
    ]
    assert targets(rows, "generic")[:3].tolist() == [1, 0, 0]
    assert np.isnan(targets(rows, "generic")[3])


def test_out_of_fold_a_piece_goes_along_with_what_it_was_cut_from() -> None:
    """A head that knows a comment by heart must not judge a piece of it either."""
    chance = np.random.default_rng(0)
    whole = [
        put(row.text, n, spam=bool(chance.integers(2))) for n, row in enumerate(ham(120, seed=9))
    ]
    pieces = [replace(row, spam=None, fragment=True) for row in whole]
    rows = [*whole, *pieces]
    encoded = encode([row.text for row in rows], READER)
    idf = fit_idf(encoded)
    fits = fit_heads(rows, encoded, idf, None)
    held_out = out_of_fold_logits(rows, encoded, idf, "spam", fits)
    assert roc_auc_score([row.spam for row in whole], held_out[120:]) < 0.7
