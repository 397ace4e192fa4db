"""A model scores all heads from one pass, explains itself exactly and abstains when it breaks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from moderation.classifiers.articles import ArticleMemory, article_digest
from moderation.classifiers.explain import word_contributions
from moderation.classifiers.features import featurise
from moderation.classifiers.heads import LINEAR_HEADS
from moderation.classifiers.model import Item, LearnedModel
from moderation.classifiers.reject import REJECT, REJECT_BITS, REJECT_SIZE
from moderation.terms import HEADS, Article, RelevanceKind
from moderation.text import Text, normalise
from tests.classifiers.random_model import make_model, make_reject

ARTICLE = Article(
    title="Council delays the tram",
    body="The harbour bridge is closed until spring. Residents complain about the noise.",
)


@pytest.fixture(scope="module")
def model() -> LearnedModel:
    """Give a model of random weights."""
    return make_model()


def test_without_an_article_relevance_is_not_judged(model: LearnedModel) -> None:
    """Relevance and its kind are None together; every head is named all the same."""
    scores = model.score([Item(normalise("the noise is terrible"))])[0]
    assert set(scores.values) == set(HEADS)
    assert scores.values["relevance"] is None
    assert scores.relevance_kind is None
    assert scores.failed == ()


def test_every_score_is_a_probability(model: LearnedModel) -> None:
    """Any text gives probabilities, the empty one and one of nothing but emoji included."""
    model = dataclasses.replace(model, reject=make_reject())
    article = model.analyse(ARTICLE)
    for text in ("", "😀😀", "x", "the tram " * 500, "\x00\ud800"):
        scores = model.score([Item(normalise(text), article)])[0]
        assert all(v is not None and 0 <= v <= 1 for v in scores.values.values())
        assert isinstance(scores.relevance_kind, RelevanceKind)


def test_a_batch_says_what_single_calls_say(model: LearnedModel) -> None:
    """The score of a comment does not depend on its neighbours."""
    article = model.analyse(ARTICLE)
    items = [Item(normalise(t), article) for t in ("tram?", "lentil soup", "no bridge, no tram")]
    assert model.score(items) == [model.score([item])[0] for item in items]


def test_an_article_without_text_is_no_article(model: LearnedModel) -> None:
    """A title of blanks gives nothing to judge by, not a low relevance."""
    analysis = model.analyse(Article(id="7", title="  ", body=""))
    assert model.score([Item(normalise("tram"), analysis)])[0].values["relevance"] is None


def test_a_broken_head_abstains_and_says_so(model: LearnedModel) -> None:
    """Not-a-number weights break relevance alone: it is None and named, the others stand."""
    broken = dataclasses.replace(
        model,
        relevance=dataclasses.replace(model.relevance, intercept=np.full(3, np.nan, np.float32)),
    )
    scores = broken.score([Item(normalise("the tram"), broken.analyse(ARTICLE))])[0]
    assert scores.failed == ("relevance",)
    assert scores.values["relevance"] is None
    assert scores.relevance_kind is None
    assert "relevance" not in scores.notes
    assert scores.values["spam"] is not None


def test_without_verdicts_nobody_says_what_moderators_would_do(model: LearnedModel) -> None:
    """The score is None without having failed, so that no policy holds a comment for it."""
    scores = model.score([Item(normalise("the tram"), model.analyse(ARTICLE))])[0]
    assert scores.values[REJECT] is None
    assert scores.failed == ()


@pytest.mark.parametrize("broken", ["relevance", "spam", REJECT])
def test_what_rests_on_a_broken_head_abstains_with_it(model: LearnedModel, broken: str) -> None:
    """What moderators would do is not guessed from half of the evidence."""
    nan, reject, heads, relevance = np.float32(np.nan), make_reject(), model.heads, model.relevance
    if broken == REJECT:
        reject = dataclasses.replace(reject, intercept=np.full(1, nan))
    elif broken == "relevance":
        relevance = dataclasses.replace(relevance, intercept=np.full(3, nan))
    else:
        intercept = heads.intercept.copy()
        intercept[LINEAR_HEADS.index(broken)] = nan
        heads = dataclasses.replace(heads, intercept=intercept)
    whole = dataclasses.replace(model, reject=reject, heads=heads, relevance=relevance)
    scores = whole.score([Item(normalise("the tram"), whole.analyse(ARTICLE))])[0]
    assert set(scores.failed) == {broken, REJECT}
    assert scores.values[REJECT] is None
    assert scores.values["toxicity"] is not None


def test_a_high_score_names_what_speaks_for_it(model: LearnedModel) -> None:
    """Only what raises it beyond the usual is named, at most two things, and only when asked."""
    numbers = np.zeros(REJECT_SIZE, np.float32)
    numbers[LINEAR_HEADS.index("spam")] = 2
    quiet = np.zeros(1 << REJECT_BITS, np.float32)
    head = dataclasses.replace(make_reject(), numbers=numbers, ngrams=quiet)
    text = Item(normalise("the tram"))
    for logit, note in ((9.0, "Most of all for spam."), (-9.0, None)):
        intercept = model.heads.intercept.copy()
        intercept[LINEAR_HEADS.index("spam")] = logit
        heads = dataclasses.replace(model.heads, intercept=intercept)
        told = dataclasses.replace(model, heads=heads, reject=head)
        assert told.score([text])[0].notes.get(REJECT) == note
        assert REJECT not in told.score([text], explain=False)[0].notes


def _ngram_part(model: LearnedModel, text: Text, column: int) -> float:
    without = dataclasses.replace(model.heads, weights=np.zeros_like(model.heads.weights))
    reading = model.reader.read(text)
    return float(model.heads.logits(reading)[column] - without.logits(reading)[column])


@pytest.mark.parametrize("head", LINEAR_HEADS)
def test_contributions_add_up_to_the_log_odds(model: LearnedModel, head: str) -> None:
    """Where a text is one word, that word is said to carry exactly what the n-grams added."""
    for raw in ("bonusbonus", "c4sinо", "مجانا"):
        text = normalise(raw)
        worth = word_contributions(model.heads, featurise(text), head, len(text.folded))
        assert worth.shape == (1,)
        assert worth[0] == pytest.approx(
            _ngram_part(model, text, LINEAR_HEADS.index(head)), abs=1e-4
        )


def test_the_word_with_the_weight_is_the_word_that_is_marked() -> None:
    """When only one word's buckets carry weight, the first span is that word as it was sent."""
    model = make_model()
    weights = np.zeros_like(model.heads.weights)
    weights[featurise(normalise("casino")).ngram_indices, LINEAR_HEADS.index("spam")] = 30_000
    heads = dataclasses.replace(
        model.heads,
        weights=weights,
        dense=np.zeros_like(model.heads.dense),
        intercept=np.zeros_like(model.heads.intercept),
    )
    raw = "come to the CаSIN0 near the bridge"
    scores = dataclasses.replace(model, heads=heads).score([Item(normalise(raw))])[0]
    first = scores.evidence["spam"][0]
    assert raw[first.start : first.end] == "CаSIN0"


def test_spans_point_into_the_text_as_sent(model: LearnedModel) -> None:
    """Evidence spans lie within the raw text, also where folding changed its length."""
    raw = "<b>FR\u200bEE</b>   c\u0430sino   bonus!!!"
    scores = make_model(seed=3).score([Item(normalise(raw), model.analyse(ARTICLE))])[0]
    spans = [span for found in scores.evidence.values() for span in found]
    assert all(0 <= span.start < span.end <= len(raw) for span in spans)


def test_relevance_says_what_it_rests_on(model: LearnedModel) -> None:
    """The note quotes the closest sentence, and shared words are marked in the comment."""
    raw = "So the harbour bridge stays closed until spring?"
    scores = model.score([Item(normalise(raw), model.analyse(ARTICLE))])[0]
    assert "The harbour bridge is closed until spring." in scores.notes["relevance"]
    marked = {raw[span.start : span.end].lower() for span in scores.evidence["relevance"]}
    assert {"harbour", "bridge", "closed"} <= marked


def test_a_comment_near_to_nothing_is_told_so(model: LearnedModel) -> None:
    """Where no sentence is close the note says that, and quotes none."""
    scores = model.score([Item(normalise("lentil soup"), model.analyse(ARTICLE))])[0]
    assert scores.notes["relevance"] == "No sentence of the article is close to it."


def test_an_article_is_analysed_once_for_the_same_text(model: LearnedModel) -> None:
    """Equal title and body give the very same analysis; a changed word or model a new one."""
    memory = ArticleMemory(capacity=2)
    first = memory.analysis(model, ARTICLE)
    assert memory.analysis(model, dataclasses.replace(ARTICLE, id="9", url="u")) is first
    changed = dataclasses.replace(ARTICLE, body="The bridge is open.")
    assert memory.analysis(model, changed).digest == article_digest(changed) != first.digest
    assert memory.analysis(make_model("20260301-2"), ARTICLE) is not first
    # Room for two: the article that was not asked for the longest is forgotten.
    assert memory.analysis(model, ARTICLE) is not first


def test_earlier_comments_stand_for_a_text_and_are_never_quoted(model: LearnedModel) -> None:
    """A comment that only they are close to is found close, in words that hold none of theirs."""
    memory = ArticleMemory()
    title = Article(title="tram")
    alone = memory.analysis(model, title)
    said = ("the harbour bridge", " ", "lentil soup")
    more = memory.analysis(model, title, said)
    assert (alone.own, alone.sentences) == (1, ("tram",))
    assert (more.own, more.sentences) == (1, ("tram", "the harbour bridge", "lentil soup"))
    assert more.digest == alone.digest
    assert memory.analysis(model, title, said) is more
    assert memory.analysis(model, title) is alone
    scores = model.score([Item(normalise("lentil soup"), more)])[0]
    assert scores.notes["relevance"] == "It is close to what was approved here before."


def test_a_very_long_article_is_analysed_in_bounds(model: LearnedModel) -> None:
    """An article of 200 kB gives a bounded number of sentences."""
    analysis = model.analyse(Article(title="Long", body="The bridge is closed. " * 9_000))
    assert 1 < len(analysis.sentences) <= 121
    assert analysis.vectors.shape[0] == len(analysis.sentences)
