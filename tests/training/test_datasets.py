"""Fetching public sets: whole and verified, or not at all; never from the network here."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import re
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from moderation.config import Config
from moderation.errors import SourceError
from moderation.training.archives import from_tar, from_zip
from moderation.training.datasets import UNPINNED, fetch, pin
from moderation.training.download import HttpsRedirects, download
from moderation.training.sources import PINS, Source, present_sources, read_sources

HOST = "https://files.invalid/o/r/c0ffee"
CHAT = b"text,label\nhello there,ham\nbuy now,spam\n,ham\n"
PREPARED = b"id,text,label,y,lang\n0,hello there,ham,0,ru\n1,buy now,spam,1,ru\n"


@dataclass
class FakeWeb:
    """Answers addresses from a table, and remembers which were asked for."""

    pages: dict[str, bytes | Exception]
    lengths: dict[str, str] = field(default_factory=dict)
    ends_at: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @contextmanager
    def __call__(self, url: str) -> Iterator[_Answer]:
        """Give the answer of an address for as long as it is read."""
        self.asked.append(url)
        page = self.pages.get(url)
        if page is None:
            raise urllib.error.HTTPError(
                url, 404, "Not Found", http.client.HTTPMessage(), io.BytesIO()
            )
        if isinstance(page, Exception):
            raise page
        yield _Answer(page, self.lengths.get(url, str(len(page))), self.ends_at.get(url, url))


class _Answer(io.BytesIO):
    def __init__(self, content: bytes, length: str, url: str) -> None:
        super().__init__(content)
        self.headers: Mapping[str, str] = {"Content-Length": length}
        self._url = url

    def geturl(self) -> str:
        return self._url


Make = Callable[..., Config]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a sources.toml of one-file Telegram sets and give the settings for it."""

    def write(*entries: str, data_dir: Path | None = tmp_path / "data") -> Config:
        corpus = tmp_path / "training_data"
        corpus.mkdir(exist_ok=True)
        (corpus / "sources.toml").write_text("\n".join(entries), encoding="utf-8")
        if data_dir is not None:
            data_dir.mkdir(exist_ok=True)
        return Config(corpus_dir=corpus, data_dir=data_dir, var_dir=tmp_path / "var")

    return write


def entry(name: str, *more: str, sha256: str = "", reader: str = "telegram") -> str:
    """Give one entry of sources.toml whose file is ``<HOST>/<name>.csv`` unless `more` says."""
    lines = {"address": f'"{HOST}"', "files": f'["{name}.csv"]', "licence": '"MIT"'}
    lines |= {"head": '"spam"', "reader": f'"{reader}"'}
    lines["sha256"] = f'"{sha256 or hashlib.sha256(PREPARED).hexdigest()}"'
    for line in more:
        key, _, value = line.partition(" = ")
        lines[key] = value
    return f"[sources.{name}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def everything(folder: Path) -> dict[str, bytes]:
    """Give every file below `folder` with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def nothing(line: str) -> None:
    """Hear nothing."""


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


def test_nothing_is_asked_for_over_plain_http(make: Make):
    """An address that is not HTTPS is refused before it is opened."""
    config = make(entry("chat", 'address = "http://files.invalid"'))
    web = FakeWeb({"http://files.invalid/chat.csv": CHAT})
    with pytest.raises(SourceError):
        fetch(config, say=nothing, opener=web)
    assert web.asked == []


def test_redirects_are_followed_only_to_https():
    """A redirect to HTTP or to a file is refused before it is followed; one to HTTPS is not."""
    follow = HttpsRedirects().redirect_request
    request = urllib.request.Request("https://files.invalid/a")
    rest = (request, io.BytesIO(), 302, "Found", http.client.HTTPMessage())
    for url in ("http://files.invalid/b", "file:///etc/passwd", "ftp://files.invalid/b"):
        with pytest.raises(SourceError, match="not HTTPS"):
            follow(*rest, url)
    followed = follow(*rest, "https://other.invalid/b")
    assert followed is not None
    assert followed.full_url == "https://other.invalid/b"


def test_a_file_that_cannot_be_written_is_a_source_error(tmp_path: Path):
    """A missing folder does not escape as OSError."""
    with pytest.raises(SourceError, match="could not be downloaded"):
        download(f"{HOST}/a", tmp_path / "none" / "a", FakeWeb({f"{HOST}/a": b"x"}))


def test_a_data_folder_that_cannot_be_written_fails_by_name(make: Make, tmp_path: Path):
    """A file where the folder should be is reported, not raised as OSError."""
    config, said = make(entry("chat")), []
    (config.data_dir / "chat").write_text("in the way", encoding="utf-8")
    with pytest.raises(SourceError, match="1 of 1"):
        fetch(config, say=said.append, opener=FakeWeb({f"{HOST}/chat.csv": CHAT}))
    assert said[-1].startswith("chat  failed: ")


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


def _tar(members: Mapping[str, bytes], *, link: str | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if link is not None:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return stream.getvalue()


def _zip(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_repository_archive_is_one_download(make: Make):
    """The folder and the file named are read from it, through the top folder."""
    address = "https://code.invalid/o/r/tar.gz/c0ffee"
    sentences = {
        "r-c0ffee/annotations_metadata.csv": b"file_id,label\n1_1,hate\n1_2,noHate\n",
        "r-c0ffee/all_files/1_1.txt": b"go",
        "r-c0ffee/all_files/1_2.txt": b"stay",
        "r-c0ffee/other/1_3.txt": b"not this",
    }
    expected = b"id,text,label,y,lang\n1_1,go,hate,1,en\n1_2,stay,noHate,0,en\n"
    config = make(
        entry(
            "forum",
            f'address = "{address}"',
            'files = ["all_files/", "annotations_metadata.csv"]',
            reader="stormfront",
            sha256=hashlib.sha256(expected).hexdigest(),
        )
    )
    web = FakeWeb({address: _tar(sentences)})
    fetch(config, say=nothing, opener=web)
    assert everything(config.data_dir) == {"forum/data.csv": expected}
    assert web.asked == [address]


def test_a_zip_is_opened_before_it_is_read(make: Make):
    """The reader sees the files in the archive."""
    table = b"HITId,tweet,sentiment,target,group\n1,hello,normal,a,b\n"
    expected = b"id,text,label,y,lang,extra\nfr1,hello,normal,0,fr,a|b\n"
    sha256 = hashlib.sha256(expected).hexdigest()
    config = make(entry("m", 'files = ["m.zip"]', reader="mlma", sha256=sha256))
    web = FakeWeb({f"{HOST}/m.zip": _zip({"m/fr_dataset.csv": table})})
    fetch(config, say=nothing, opener=web)
    assert everything(config.data_dir) == {"m/data.csv": expected}


@pytest.mark.parametrize("name", ["r/../../evil", "/etc/evil", "..", "r\\..\\evil", "C:/evil"])
def test_archives_that_reach_outside_are_refused(name: str):
    """One such member is enough, wanted or not."""
    for read in (lambda: from_tar(_tar({name: b"x"}), ["a"]), lambda: from_zip(_zip({name: b"x"}))):
        with pytest.raises(SourceError, match="outside its folder"):
            read()


def test_links_in_an_archive_are_not_followed():
    """A link under a wanted name is not a file, so the file is missing."""
    with pytest.raises(SourceError, match="has no secret"):
        from_tar(_tar({"r/a": b"x"}, link="r/secret"), ["a", "secret"])


def test_damaged_archives_are_refused():
    """Cut short or of another kind: SourceError, nothing else."""
    tar, zipped = _tar({"r/a": os.urandom(5000)}), _zip({"a": os.urandom(5000)})
    for content in (tar[:2000], b"", b"not an archive"):
        with pytest.raises(SourceError, match=r"damaged|has no a"):
            from_tar(content, ["a"])
    for content in (zipped[:2000], b"", zipped.replace(b"PK\x01\x02", b"PK\x01\x03")):
        with pytest.raises(SourceError, match="damaged"):
            from_zip(content)


def test_an_archive_bomb_is_refused(monkeypatch: pytest.MonkeyPatch):
    """More bytes or members than any known set has are not unpacked."""
    monkeypatch.setattr("moderation.training.archives._BYTE_LIMIT", 1000)
    for read in (
        lambda: from_tar(_tar({"r/a": bytes(1001)}), ["a"]),
        lambda: from_zip(_zip({"a": bytes(1001)})),
    ):
        with pytest.raises(SourceError, match="unpacks to more"):
            read()
    monkeypatch.setattr("moderation.training.archives._MEMBER_LIMIT", 2)
    with pytest.raises(SourceError, match="unpacks to more"):
        from_tar(_tar({f"r/{number}": b"" for number in range(3)}), ["0"])


def test_every_address_is_https_and_pinned_to_a_commit(sources: list[Source]):
    """Addresses end in a commit, so that what they give cannot change."""
    for source in sources:
        assert re.fullmatch(
            r"https://[\w.-]+(/[\w.-]+)+/([0-9a-f]{10}|[0-9a-f]{40})", source.address
        )
        assert source.files
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
