"""The full report: every section is there, and what is not known is said to be so."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from joblib import parallel_config

from moderation.errors import TrainingError
from moderation.terms import Article, RelevanceKind
from moderation.training.drawings import draw_curves, draw_learning_curve
from moderation.training.evaluate import measure, table
from moderation.training.examine import Examined, examine
from moderation.training.refit import Refitted
from moderation.training.report import prepare_folder, report, write_report
from moderation.training.rows import Row
from moderation.training.sections import FOLDER, full_sections, refit_section
from moderation.training.serving import shipped_policy
from moderation.training.slices import Sentence, read_sentences
from tests.classifiers.random_model import make_card
from tests.corpora import CORPUS
from tests.training.word_model import WordModel

SECTIONS = (
    "Held-back quality",
    "Curves",
    "By source",
    "By language",
    "Calibration",
    "Kinds of relevance",
    "By family",
    "Thin praise",
    "Names of groups",
    "Ordinary sentences",
    "Attacks",
    "Explanations",
    "Error budgets",
    "Speed",
    "Learned from",
)


def rows() -> list[Row]:
    """Make comments of two languages under two articles, half of them bad."""
    made = []
    for number in range(160):
        article = Article(
            id=f"a{number % 20}", title=f"Tram line {number % 20}", body="It is late."
        )
        bad = number % 2 == 1
        made.append(
            Row(
                text=f"{'buy it, idiot' if bad else 'waiting for it again'}, comment {number}",
                source="corpus",
                group=article.id or "",
                language="en" if number % 4 < 2 else "de",
                spam=bad,
                toxicity=bad,
                substance=not bad,
                kind=None if bad else RelevanceKind.ON_TOPIC,
                article=article,
                family="crypto" if bad else "oppose",
            )
        )
    praise = RelevanceKind.GENERIC
    article = Article(id="a0", title="Tram line 0", body="It is late.")
    made.append(Row("Well said.", "corpus", "a0", "en", kind=praise, article=article))
    return made


def measured(sentences: list[Sentence]) -> Examined:
    """Measure a model that judges by words."""
    with parallel_config(backend="threading", n_jobs=2):
        return examine(WordModel(), shipped_policy(), rows(), sentences)


@pytest.fixture(scope="module")
def examined() -> Examined:
    """A model, measured with the English sentences that name groups."""
    return measured([s for s in read_sentences(CORPUS) if s.language == "en"])


@pytest.fixture(scope="module")
def text(examined: Examined) -> str:
    """Its report."""
    return report(make_card(), table(examined.measured), full_sections(examined))


def section(text: str, name: str) -> str:
    """Give one section of a report."""
    return text.partition(f"## {name}\n")[2].partition("\n## ")[0]


def test_every_section_is_there_once(text: str) -> None:
    """In an order that a reader can follow, with the headings of the short report among them."""
    found = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert tuple(found) == SECTIONS
    short = re.findall(r"^## (.*)$", report(make_card(), "spam"), re.MULTILINE)
    assert set(short) <= set(found)


def test_no_number_is_made_up(text: str) -> None:
    """What is not known is a dash or words, never nan."""
    assert "nan" not in text
    assert "None" not in text


def test_tables_are_whole(text: str) -> None:
    """Every row of a table has as many cells as its titles."""
    widths = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(blocks) >= 10
    assert min(widths) >= 4
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1, block


def test_a_language_without_rows_is_said_to_be_unmeasured(text: str) -> None:
    """Each of the twelve languages has a line for each head."""
    part = section(text, "By language")
    assert "| spam | fa | 0 | 0 | never measured |" in part
    assert re.search(r"\| spam \| en \| \d+ \| \d+ \| 1\.000 \|", part)
    assert len(re.findall(r"^\| toxicity \| \w\w \|", part, re.MULTILINE)) == 12


def test_every_head_has_its_figure(text: str, examined: Examined) -> None:
    """What the report points at is drawn, and the other way round; of what was measured alone."""
    figures = draw_curves(examined)
    measured = ("spam", "toxicity", "relevance", "substance")
    assert set(figures) == {f"{head}.svg" for head in measured}
    assert "| likely_to_reject |" not in text
    assert set(re.findall(rf"\({FOLDER}/(.*?)\)", text)) == set(figures)


def test_families_attacks_and_groups_are_listed(text: str) -> None:
    """By the names a reader knows them by."""
    assert "| crypto | 80 | 100.0 %" in section(text, "By family")
    assert "| spam | emoji inside words |" in section(text, "Attacks")
    assert "| religion |" in section(text, "Names of groups")
    assert "| in en |" in section(text, "Names of groups")
    assert "| **generic** | 2 | 0 | 0 | 0.0 % |" in section(text, "Kinds of relevance")


def test_budgets_are_tried_on_both_kinds_of_rows(text: str, examined: Examined) -> None:
    """A line a head, promise and kind of rows; 80 good rows cannot support one in a hundred."""
    part = section(text, "Error budgets")
    assert re.search(r"^\| spam \| all sources \| 160 \| 1 % \| 0.0 % \|", part, re.MULTILINE)
    assert re.search(r"^\| toxicity \| our corpus \| 160 \| 5 % \|", part, re.MULTILINE)
    assert len(re.findall(r"^\| (?:spam|toxicity) ", part, re.MULTILINE)) == 8
    strict = next(tried for tried in examined.budgets if tried.budget.wrong_at_most == 0.01)
    assert strict.kept.supported == 0
    shipped = tomllib.loads((files("moderation.policy") / "default.toml").read_text("utf-8"))
    assert strict.budget.bad_share == shipped["budget"]["bad_share"]


def test_without_sentences_the_report_says_so() -> None:
    """Nothing measured is not the same as nothing found."""
    lines = "\n".join(full_sections(measured([])))
    assert "Not measured" in section(lines, "Names of groups")


def test_models_fitted_anew_are_a_section_of_their_own(examined: Examined) -> None:
    """A line a model, a column a head, and a figure."""
    quality = {head: measure(judged) for head, judged in examined.judged.items()}
    curve = [Refitted("50%", 40, quality), Refitted("100%", 80, quality)]
    lines = refit_section(curve, [Refitted("without shape", 80, quality)])
    assert "## Fitted anew" in lines
    assert sum(line.startswith(("| 50%", "| 100%", "| without")) for line in lines) == 3
    assert f"{FOLDER}/learning-curve.svg" in "\n".join(lines)
    assert "learning curve" in draw_learning_curve(curve)
    assert draw_learning_curve(curve[:1])


def test_the_report_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    """Figures that no longer belong to it go."""
    prepare_folder(tmp_path)
    write_report(tmp_path, "first", {"old.svg": "<svg/>", "spam.svg": "<svg/>"})
    write_report(tmp_path, "second", {"spam.svg": "<svg>2</svg>"})
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == "second"
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["spam.svg"]
    assert (tmp_path / FOLDER / "spam.svg").read_text(encoding="utf-8") == "<svg>2</svg>"


def test_a_folder_that_takes_no_report_is_named(tmp_path: Path) -> None:
    """Before anything is measured in vain."""
    (tmp_path / FOLDER).write_text("", encoding="utf-8")
    with pytest.raises(TrainingError, match="cannot be written to"):
        prepare_folder(tmp_path)
