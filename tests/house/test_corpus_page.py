"""CORPUS.md says what the corpus holds: its examples are rows, and no label goes unexplained."""

from __future__ import annotations

import re

import pytest

from moderation.classifiers.lexicon import LEXICON_KINDS
from moderation.terms import RelevanceKind
from moderation.training.corpus import read_entries
from moderation.training.corpus_lines import SPAM_FAMILIES, STANCES, TOXIC_KINDS, CommentLine
from moderation.training.slices import NAMED_GROUPS, NO_GROUP, read_sentences
from tests.corpora import CORPUS

PAGE = (CORPUS / "CORPUS.md").read_text(encoding="utf-8")
ROWS = {
    name: entry.row for name, entry in read_entries(CORPUS, lambda fault: None).comments.items()
}
EXAMPLES = re.findall(r'"([^"]+)"[^"()]*\(([a-z]{2}-a\d{3}-c\d{2,3})', PAGE)
FAMILY_LINES = dict(
    re.findall(r"^\| `(\w+)`(.*)$", PAGE.partition("## Labels")[2].partition("\n## ")[0], re.M)
)


def test_every_row_that_is_named_is_quoted() -> None:
    """An id on the page stands behind words of that row, so that one can find it."""
    named = re.findall(r"\b[a-z]{2}-a\d{3}-c\d{2,3}\b", PAGE.partition("## Labels")[2])
    assert len(named) > 50
    assert [name for _, name in EXAMPLES] == named


@pytest.mark.parametrize(("words", "name"), EXAMPLES)
def test_every_example_is_a_row(words: str, name: str) -> None:
    """What the page quotes stands in the row that it names."""
    assert words in ROWS[name].text


@pytest.mark.parametrize("family", [*SPAM_FAMILIES, *TOXIC_KINDS, *STANCES])
def test_every_family_has_an_example_of_itself(family: str) -> None:
    """The first row that a family's line quotes is of it, and a near miss is not of that label."""
    names = re.findall(r"\(([a-z]{2}-\w+-\w+)", FAMILY_LINES[family])
    example, *near_misses = [ROWS[name] for name in names]
    assert example.family == family
    assert bool(near_misses) == (family not in STANCES)
    for row in near_misses:
        assert not row.spam
        assert not row.toxicity


@pytest.mark.parametrize(
    "word", [*CommentLine.model_fields, *SPAM_FAMILIES, *TOXIC_KINDS, *STANCES, *RelevanceKind]
)
def test_every_word_of_the_schema_is_on_the_page(word: str) -> None:
    """A key or label that nobody explains cannot be given twice alike."""
    assert f"`{word}`" in PAGE or f'`"{word}"`' in PAGE


def test_every_language_has_a_line_on_agreement() -> None:
    """A language without a second reader shows a dash, not nothing."""
    table = PAGE.partition("| language | spam |")[2].partition("\n\n")[0]
    lines = re.findall(r"^\| ([a-z]{2}) \|", table, re.MULTILINE)
    assert sorted(lines) == sorted({row.language for row in ROWS.values()})


@pytest.mark.parametrize("folder", sorted(p.name for p in CORPUS.iterdir() if p.is_dir()))
def test_every_folder_beside_the_corpus_has_a_section(folder: str) -> None:
    """What lies there says what it is for, how it was written and in what format."""
    sections = re.findall(r"^## Beside the corpus: (?:.+\n)+?\n((?:.+\n|\n(?!## ))+)", PAGE, re.M)
    (section,) = [text for text in sections if text.startswith(f"[{folder}]({folder}/README.md)")]
    assert (CORPUS / folder / "README.md").is_file()
    for word in ("For.", "Written", "Format."):
        assert f"**{word}**" in section


@pytest.mark.parametrize("word", [*NAMED_GROUPS, NO_GROUP, *LEXICON_KINDS])
def test_every_group_and_list_is_on_the_page(word: str) -> None:
    """The words that files beside the corpus use are the page's words."""
    assert f"`{word}`" in PAGE.partition("## Beside the corpus")[2]


def test_sentences_that_name_groups_have_the_ids_the_page_gives_them() -> None:
    """An id tells, without looking, whether a sentence names a group."""
    sentences = read_sentences(CORPUS)
    assert len(sentences) > 500
    for sentence in sentences:
        named = "n" if sentence.group == NO_GROUP else "g"
        assert re.fullmatch(rf"{sentence.language}-{named}\d{{2}}", sentence.id)
