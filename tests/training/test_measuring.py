"""Sets for measuring only: read to be measured with, and never to be learned from."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.errors import SourceError
from moderation.terms import Article
from moderation.training.datasets import fetch
from moderation.training.material import gather
from moderation.training.measuring import measure_sets, read_sets
from moderation.training.rows import Row
from moderation.training.sources import read_sources
from tests.training.fake_web import FakeWeb, entry, nothing
from tests.training.made_corpus import every_label, write
from tests.training.word_model import WordModel

pytestmark = pytest.mark.usefixtures("in_threads")

_COLUMNS = ["id", "text", "label", "y", "lang", "title", "context"]


def prepare(folder: Path, name: str, rows: list[dict[str, str]]) -> str:
    """Write a prepared set; give its digest."""
    path = folder / name / "data.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow({"id": str(number), "label": "x", "y": "0", "lang": "en", **row})
    return hashlib.sha256(path.read_bytes()).hexdigest()


def measuring(name: str, digest: str, *more: str, head: str = "spam") -> str:
    """Give an entry of a set for measuring only."""
    lines = [f"[sources.{name}]", 'use = "evaluate"', 'address = "https://x.invalid/a"']
    lines += ['licence = "unstated"', f'sha256 = "{digest}"', f'head = "{head}"', *more]
    return "\n".join(lines) + "\n"


def mails(count: int) -> list[dict[str, str]]:
    """Make mails, every other one an advertisement."""
    return [
        {"text": f"{'buy' if n % 2 else 'see'} number {n}", "y": str(n % 2)} for n in range(count)
    ]


@pytest.fixture
def home(tmp_path: Path) -> Config:
    """A small corpus, a set to train on, and one for measuring in the same folder."""
    corpus, data = tmp_path / "training_data", tmp_path / "data"
    corpus.mkdir()
    write(corpus, *every_label())
    chat = prepare(data, "chat", mails(10))
    mail = prepare(data, "mail", [{**row, "text": f"mail: {row['text']}"} for row in mails(80)])
    listed = entry("chat", sha256=chat) + measuring("mail", mail)
    (corpus / "sources.toml").write_text(listed, encoding="utf-8")
    return Config(corpus_dir=corpus, data_dir=data, var_dir=tmp_path / "var")


def test_a_set_for_measuring_is_not_among_what_is_learned(home: Config) -> None:
    """Even when it lies in the training folder; the card will not name it either."""
    material = gather(home, seed=0, say=nothing)
    assert {row.source for row in material.rows} == {"corpus", "chat"}
    assert not [row for row in material.rows if row.text.startswith("mail:")]
    assert [source.name for source in material.sources] == ["chat"]
    assert {entry["name"] for entry in material.data_entries()} == {"corpus", "chat"}


def test_a_damaged_set_for_measuring_does_not_stop_training(home: Config) -> None:
    """It is not even opened there, and refused where it is to be measured with."""
    assert home.data_dir is not None
    (home.data_dir / "mail" / "data.csv").write_text("id,text\n", encoding="utf-8")
    material = gather(home, seed=0, say=nothing)
    with pytest.raises(SourceError, match="SHA-256") as caught:
        read_sets(home, material.rows)
    assert caught.value.field == "mail"


def test_it_is_read_to_be_measured_with(home: Config) -> None:
    """From the training folder, or from one of its own, which then is the only one."""
    said: list[str] = []
    rows = read_sets(home, [], say=said.append)
    assert {row.source for row in rows} == {"mail"}
    assert len(rows) == 80
    assert said == ["read 80 rows of 1 sets for measuring only"]
    apart = home.var_dir.parent / "apart"
    apart.mkdir()
    assert read_sets(replace(home, evaluate_dir=apart), []) == []
    with pytest.raises(SourceError) as caught:
        read_sets(replace(home, evaluate_dir=apart / "none"), [])
    assert (caught.value.field or "").startswith("evaluate_dir ")
    assert read_sets(replace(home, data_dir=None), []) == []


def test_copies_of_known_rows_are_not_measured_with(home: Config) -> None:
    """What a model may have learned by heart tells nothing."""
    known = [Row("MAIL: buy number 1", "chat", "g", spam=True)]
    rows = read_sets(home, known)
    assert len(rows) == 79
    assert "mail: buy number 1" not in [row.text for row in rows]


def test_it_is_not_fetched(home: Config) -> None:
    """`datasets` leaves it out, and says why when it is named."""
    paths = fetch(home, say=nothing, opener=FakeWeb({}))
    assert [path.parent.name for path in paths] == ["chat"]
    with pytest.raises(SourceError, match="MODERATION_EVALUATE_DIR") as caught:
        fetch(home, ["mail"], say=nothing, opener=FakeWeb({}))
    assert caught.value.field == "mail"


def test_a_model_is_measured_on_every_set() -> None:
    """Spam and toxicity on their labels; a comment under its own title and under another's."""
    spam = [
        Row(f"{'buy' if n % 2 else 'see'} {n}", "email_spam_fa", str(n), spam=bool(n % 2))
        for n in range(60)
    ]
    # Only every other one can be told by the word that the model knows.
    rude = [
        Row(f"{'idiot' if n % 4 == 1 else 'hello'} {n}", "olid_tweets", str(n), toxicity=n % 2 == 1)
        for n in range(80)
    ]
    found = {one.place: one for one in measure_sets(WordModel(), [*spam, *rude])}
    assert found["email_spam_fa"].found.value == 1
    assert (found["email_spam_fa"].work, found["email_spam_fa"].goal) == ("spam", None)
    assert found["olid_tweets"].found.value == 0.75
    assert (found["olid_tweets"].rows, found["olid_tweets"].goal) == (80, "olid_auc")


def test_comments_under_their_own_title_stand_beside_those_under_another(tmp_path: Path) -> None:
    """As many as there are, each twice; short ones, of which nobody can say, are left out."""
    rows = [
        {"text": f"A comment that is long enough, {n}", "title": f"Title {n}"} for n in range(30)
    ]
    digest = prepare(tmp_path / "sets", "talk", [*rows, {"text": "lol", "title": "Title 1"}])
    (tmp_path / "sources.toml").write_text(
        measuring("talk", digest, "thread = true", head="relevance"), encoding="utf-8"
    )
    config = Config(corpus_dir=tmp_path, evaluate_dir=tmp_path / "sets")
    read = read_sets(config, [])
    assert len(read) == 30
    assert isinstance(read[0].article, Article)
    (found,) = measure_sets(WordModel(), read)
    assert (found.work, found.rows, found.bad) == (
        "relevance, own title against another",
        60,
        30,
    )
    # The model calls everything on topic.
    assert found.found.value == 0.5


@pytest.mark.parametrize(
    ("line", "field"), [('use = "sometimes"', "sources.mail.use"), ("", "sources.mail")]
)
def test_a_wrong_use_is_refused(tmp_path: Path, line: str, field: str) -> None:
    """An unknown one, and a set to train on that nobody could read."""
    listed = measuring("mail", "00").replace('use = "evaluate"', line)
    path = tmp_path / "sources.toml"
    path.write_text(listed, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_sources(path)
    assert (caught.value.field or "").endswith(field)
