"""Places as Perspective counts them: sentences, in UTF-16 code units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderation.terms import Span
from moderation.web.perspective_spans import MOST_SENTENCES, sentence_spans, to_utf16

# No half of a surrogate pair: JSON that holds one is refused before.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
PROSE = st.lists(st.sampled_from(["Hm. ", "No! ", "😀", " ", "\n", "他走了。", "wait… ", "a"])).map(
    "".join
)


@given(TEXTS, st.data())
def test_a_span_cuts_the_same_out_of_utf16(text: str, data: st.DataObject) -> None:
    """What a span says in code points, its pair says in code units of the same text."""
    ends = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(ends, ends).map(sorted), max_size=5))
    spans = [Span(start, end) for start, end in pairs]
    units = text.encode("utf-16-le")
    for span, (begin, end) in zip(spans, to_utf16(text, spans), strict=True):
        assert units[2 * begin : 2 * end].decode("utf-16-le") == text[span.start : span.end]


@given(TEXTS | PROSE)
def test_sentences_lie_apart_in_order_and_cover_the_text(text: str) -> None:
    """Nothing that can be read is outside of every sentence, and none is empty."""
    spans = sentence_spans(text)
    if not text.strip():
        assert spans == [Span(0, len(text))]
        return
    assert 1 <= len(spans) <= MOST_SENTENCES
    at = 0
    for span in spans:
        assert text[at : span.start].strip() == ""
        assert text[span.start : span.end].strip() != ""
        at = span.end
    assert text[at:].strip() == ""


def test_what_follows_the_last_sentence_belongs_to_it() -> None:
    """A text of a thousand sentences costs as much as one of sixty-four."""
    text = "Late! " * 1000
    spans = sentence_spans(text)
    assert len(spans) == MOST_SENTENCES
    assert spans[-1].end == len(text.rstrip())
