"""Archives of public sets: only what is named is read, and nothing that reaches outside."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Mapping

import pytest

from moderation.errors import SourceError
from moderation.training.archives import from_tar, from_zip
from moderation.training.datasets import fetch
from tests.training.fake_web import HOST, FakeWeb, Make, entry, everything, nothing


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
