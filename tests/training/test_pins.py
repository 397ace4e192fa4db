"""What is done with a public set whose digest is not the one expected: refused, or pinned."""

from __future__ import annotations

import hashlib
import re

import pytest

from moderation.errors import SourceError
from moderation.training.datasets import UNPINNED, fetch, pin
from moderation.training.sources import PINS, present_sources, read_sources
from tests.training.fake_web import CHAT, HOST, PREPARED, FakeWeb, Make, entry, everything, nothing


def test_an_enforced_digest_throws_the_other_file_away_and_takes_no_pin(make: Make):
    """With `checked`, a file that comes out different is damage."""
    config, said = make(entry("chat", "checked = true", sha256="0" * 64)), []
    with pytest.raises(SourceError):
        fetch(config, say=said.append, opener=FakeWeb({f"{HOST}/chat.csv": CHAT}))
    assert everything(config.data_dir) == {}
    assert re.search(r"expected 0{64}; thrown away", said[-1])
    with pytest.raises(SourceError, match="is enforced"):
        pin(config, "chat", say=nothing)


def test_a_pin_cannot_overrule_an_enforced_digest(make: Make):
    """Even a pins file written by hand does not make a checked set pass."""
    config = make(entry("chat", "checked = true", sha256="0" * 64))
    (config.data_dir / "chat").mkdir()
    (config.data_dir / "chat" / "data.csv").write_bytes(PREPARED)
    digest = hashlib.sha256(PREPARED).hexdigest()
    (config.data_dir / PINS).write_text(f'[pins]\nchat = "{digest}"\n', encoding="utf-8")
    with pytest.raises(SourceError, match="expects"):
        present_sources(read_sources(config.corpus_dir / "sources.toml"), config.data_dir)


def test_an_unexpected_file_waits_apart_until_it_is_pinned(make: Make):
    """Training does not see it before the pin, and sees it with its own digest after."""
    config, said = make(entry("chat", sha256="0" * 64)), []
    web = FakeWeb({f"{HOST}/chat.csv": CHAT})
    with pytest.raises(SourceError, match="chat"):
        fetch(config, say=said.append, opener=web)
    assert everything(config.data_dir) == {f"chat/{UNPINNED}": PREPARED}
    assert "python -m moderation datasets --pin chat" in said[-1]
    sources = read_sources(config.corpus_dir / "sources.toml")
    assert present_sources(sources, config.data_dir) == []

    path = pin(config, "chat", say=nothing)
    assert path.read_bytes() == PREPARED
    assert not (path.parent / UNPINNED).exists()
    (present,) = present_sources(sources, config.data_dir)
    assert present.sha256 == hashlib.sha256(PREPARED).hexdigest()
    assert fetch(config, say=nothing, opener=FakeWeb({})) == [path]


def test_a_pinned_set_that_changes_is_refused_and_fetched_back(make: Make):
    """A pin accepts one digest, not any."""
    config, web = make(entry("chat", sha256="0" * 64)), FakeWeb({f"{HOST}/chat.csv": CHAT})
    with pytest.raises(SourceError):
        fetch(config, say=nothing, opener=web)
    path = pin(config, "chat", say=nothing)
    path.write_bytes(PREPARED + b"2,more,ham,0,ru\n")
    with pytest.raises(SourceError, match="expects"):
        present_sources(read_sources(config.corpus_dir / "sources.toml"), config.data_dir)
    assert fetch(config, say=nothing, opener=web) == [path]
    assert path.read_bytes() == PREPARED


def test_pins_of_other_sets_are_kept(make: Make):
    """A second pin does not lose the first."""
    config = make(entry("chat", sha256="0" * 64), entry("talk", sha256="1" * 64))
    web = FakeWeb({f"{HOST}/chat.csv": CHAT, f"{HOST}/talk.csv": CHAT})
    with pytest.raises(SourceError, match="2 of 2"):
        fetch(config, say=nothing, opener=web)
    pin(config, "talk", say=nothing)
    pin(config, "chat", say=nothing)
    sources = read_sources(config.corpus_dir / "sources.toml")
    assert [source.name for source in present_sources(sources, config.data_dir)] == ["chat", "talk"]


def test_there_must_be_something_to_pin(make: Make):
    """Pinning a set that was never fetched says so."""
    with pytest.raises(SourceError, match="no fetched file waits"):
        pin(make(entry("chat")), "chat", say=nothing)


@pytest.mark.parametrize("content", ["[pins", "pins = 3", "[pins]\nchat = 5"])
def test_a_pins_file_that_says_something_else_is_refused(make: Make, content: str):
    """A damaged pins file is an error that names the file, not an empty one."""
    config = make(entry("chat"))
    (config.data_dir / PINS).write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(PINS)):
        present_sources(read_sources(config.corpus_dir / "sources.toml"), config.data_dir)
