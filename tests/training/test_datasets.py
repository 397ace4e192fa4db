"""Fetching public sets: whole and verified, or not at all; never from the network here."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.errors import SourceError
from moderation.training.datasets import UNPINNED, fetch
from moderation.training.sources import TRAIN, Source, present_sources, read_sources
from tests.training.fake_web import CHAT, HOST, PREPARED, FakeWeb, Make, entry, everything, nothing


def test_a_set_is_fetched_prepared_and_verified(make: Make):
    """The prepared file is there with the digest expected, and nothing beside it."""
    config, web, said = make(entry("chat")), FakeWeb({f"{HOST}/chat.csv": CHAT}), []
    paths = fetch(config, say=said.append, opener=web)
    assert paths == [config.data_dir / "chat" / "data.csv"]
    assert everything(config.data_dir) == {"chat/data.csv": PREPARED}
    assert said[-1] == "chat  fetched and verified: 2 rows, 1 unusable ones skipped"
    assert present_sources(read_sources(config.corpus_dir / "sources.toml"), config.data_dir)


def test_a_set_that_is_there_is_not_fetched_again(make: Make):
    """The second run asks for nothing and gives the same answer."""
    config, web = make(entry("chat")), FakeWeb({f"{HOST}/chat.csv": CHAT})
    first = fetch(config, say=nothing, opener=web)
    assert fetch(config, say=nothing, opener=FakeWeb({})) == first
    assert web.asked == [f"{HOST}/chat.csv"]


def test_a_damaged_set_is_fetched_again(make: Make):
    """A data.csv with another digest is replaced."""
    config = make(entry("chat"))
    (config.data_dir / "chat").mkdir()
    (config.data_dir / "chat" / "data.csv").write_bytes(b"broken")
    fetch(config, say=nothing, opener=FakeWeb({f"{HOST}/chat.csv": CHAT}))
    assert everything(config.data_dir) == {"chat/data.csv": PREPARED}


def test_only_the_sets_named_are_fetched(make: Make):
    """Other sets are left alone; a name that is none is refused before anything happens."""
    config = make(entry("chat"), entry("talk"))
    web = FakeWeb({f"{HOST}/talk.csv": CHAT})
    assert len(fetch(config, ["talk"], say=nothing, opener=web)) == 1
    with pytest.raises(SourceError, match=r"nosuch: no such set; there are chat, talk"):
        fetch(config, ["talk", "nosuch"], say=nothing, opener=web)
    assert web.asked == [f"{HOST}/talk.csv"]


def test_without_a_data_folder_the_user_is_told_which_setting_to_make(make: Make):
    """The sets go under var_dir, and the first line says what to set."""
    config, said = make(entry("chat"), data_dir=None), []
    (path,) = fetch(config, say=said.append, opener=FakeWeb({f"{HOST}/chat.csv": CHAT}))
    assert path == config.var_dir / "datasets" / "chat" / "data.csv"
    assert f"MODERATION_DATA_DIR={config.var_dir / 'datasets'}" in said[0]


def test_spaces_in_upstream_names_are_quoted(make: Make):
    """An upstream path with a space becomes a valid address."""
    config = make(entry("chat", 'files = ["sub task/a b.csv"]'))
    web = FakeWeb({f"{HOST}/sub%20task/a%20b.csv": CHAT})
    assert fetch(config, say=nothing, opener=web)


def _too_large(web: FakeWeb) -> None:
    web.lengths[f"{HOST}/bad.csv"] = str(10**12)


def _endless(web: FakeWeb) -> None:
    web.lengths[f"{HOST}/bad.csv"] = ""
    web.pages[f"{HOST}/bad.csv"] = b"x" * (64 * 1024 * 1024 + 1)


def _cut_short(web: FakeWeb) -> None:
    web.lengths[f"{HOST}/bad.csv"] = str(len(CHAT) + 1)


def _moved_to_http(web: FakeWeb) -> None:
    web.ends_at[f"{HOST}/bad.csv"] = "http://elsewhere.invalid/bad.csv"


def _missing(web: FakeWeb) -> None:
    del web.pages[f"{HOST}/bad.csv"]


def _unreachable(web: FakeWeb) -> None:
    web.pages[f"{HOST}/bad.csv"] = TimeoutError("timed out")


def _broken_off(web: FakeWeb) -> None:
    web.pages[f"{HOST}/bad.csv"] = http.client.IncompleteRead(b"")


def _without_rows(web: FakeWeb) -> None:
    web.pages[f"{HOST}/bad.csv"] = b"<html>Sign in</html>\n"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_too_large, "larger than"),
        (_endless, "larger than"),
        (_cut_short, "cut short: 45 of 46 bytes"),
        (_moved_to_http, "not HTTPS"),
        (_missing, "answered 404 Not Found"),
        (_unreachable, "could not be downloaded: timed out"),
        (_broken_off, "could not be downloaded"),
        (_without_rows, "no row could be read"),
    ],
)
def test_a_failure_names_its_set_leaves_nothing_and_stops_no_other(
    make: Make, spoil: Callable[[FakeWeb], None], why: str
):
    """The good set after the bad one is in place, and the bad one left no file."""
    config, said = make(entry("bad"), entry("chat")), []
    web = FakeWeb({f"{HOST}/bad.csv": CHAT, f"{HOST}/chat.csv": CHAT})
    spoil(web)
    with pytest.raises(SourceError, match=r"^1 of 2 sets cannot be used: bad$"):
        fetch(config, say=said.append, opener=web)
    assert everything(config.data_dir) == {"chat/data.csv": PREPARED}
    assert said[-2].startswith("bad   failed: ")
    assert why in said[-2]


def test_a_data_folder_that_cannot_be_written_fails_by_name(make: Make, tmp_path: Path):
    """A file where the folder should be is reported, not raised as OSError."""
    config, said = make(entry("chat")), []
    (config.data_dir / "chat").write_text("in the way", encoding="utf-8")
    with pytest.raises(SourceError, match="1 of 1"):
        fetch(config, say=said.append, opener=FakeWeb({f"{HOST}/chat.csv": CHAT}))
    assert said[-1].startswith("chat  failed: ")


def test_distinct_sets_lose_their_copies(make: Make):
    """With `distinct`, equal rows are prepared once."""
    config = make(entry("chat", "distinct = true"))
    doubled = CHAT.replace(b",ham\nbuy", b",ham\nHello  there,ham\nbuy")
    with pytest.raises(SourceError):
        fetch(config, say=nothing, opener=FakeWeb({f"{HOST}/chat.csv": doubled}))
    kept = (config.data_dir / "chat" / UNPINNED).read_text(encoding="utf-8").splitlines()
    assert kept == ["id,text,label,y,lang", "0,hello there,ham,0,ru", "2,buy now,spam,1,ru"]


def test_an_unknown_reader_fails_by_name(make: Make):
    """A reader that does not exist is named."""
    config, said = make(entry("chat", reader="nosuch")), []
    with pytest.raises(SourceError):
        fetch(config, say=said.append, opener=FakeWeb({f"{HOST}/chat.csv": CHAT}))
    assert "there is no reader 'nosuch'" in said[-1]


def test_every_address_is_https_and_pinned_to_a_commit(sources: list[Source]):
    """Addresses end in a commit, so that what they give cannot change."""
    for source in sources:
        assert re.fullmatch(
            r"https://[\w.-]+(/[\w.-]+)+/([0-9a-f]{10}|[0-9a-f]{40})", source.address
        )
        assert bool(source.files) == (source.use == TRAIN)
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)


@pytest.mark.skipif(not os.environ.get("MODERATION_DATA_DIR"), reason="needs MODERATION_DATA_DIR")
def test_the_sets_at_hand_are_the_ones_named(sources: list[Source]):
    """Whatever is in the data folder passes, and nothing is fetched for it."""
    data_dir = Path(os.environ["MODERATION_DATA_DIR"])
    present = present_sources(sources, data_dir)
    assert present
    config = Config(corpus_dir=Path(__file__).parents[2] / "training_data", data_dir=data_dir)
    names = [source.name for source in present]
    assert len(fetch(config, names, say=nothing, opener=FakeWeb({}))) == len(names)
