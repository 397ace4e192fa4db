"""
One small function per upstream format: its files in, prepared rows out.

Pure: opens no file and drops nothing in silence. A row that cannot be used (no text, no label of
the set's own) is given as None, so that the caller can count it.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from moderation.training.prepared import PreparedRow

__all__ = ["READERS", "Reader"]

Files = Mapping[str, bytes]
Rows = Iterator[PreparedRow | None]
Reader = Callable[[Files], Rows]
"""Takes upstream path -> content in the order of `sources.toml`; ValueError: not the format."""

_COLUMN_LIMIT = 10_000_000

# Label in upstream's words -> whether it is bad; None: the set does not say.
_SPAM = {"spam": True, "ham": False}
_FLAG = {"1": True, "0": False}


def _text(content: bytes) -> str:
    # A broken character costs its own row at most, never the set.
    return content.decode("utf-8-sig", "replace")


def _table(content: bytes) -> Iterator[dict[str, str]]:
    csv.field_size_limit(_COLUMN_LIMIT)
    reader = csv.DictReader(io.StringIO(_text(content), newline=""), restval="")
    try:
        for row in reader:
            yield {name: value for name, value in row.items() if isinstance(value, str)}
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from error


def _items(content: bytes) -> list[Any]:
    items = json.loads(_text(content))
    if not isinstance(items, list):
        raise ValueError("not a JSON list")
    return items


def _row(
    key: object, text: str, label: str, bad: Mapping[str, bool | None], lang: str, **others: str
) -> PreparedRow | None:
    text = text.strip()
    if not text or label not in bad:
        return None
    known = bad[label]
    y = "" if known is None else str(int(known))
    row = {"id": str(key), "text": text, "label": label, "y": y, "lang": lang}
    return row | {name: value.strip() for name, value in others.items()}


_VIDEOS = {"1": "PSY - GANGNAM STYLE", "2": "Katy Perry - Roar", "5": "LMFAO - Party Rock Anthem"}


def _youtube(files: Files) -> Rows:
    """
    YouTube Spam Collection: ``COMMENT_ID,AUTHOR,DATE,CONTENT,CLASS``.

    CLASS 1 is spam, 0 ham. HTML entities are undone and byte order marks removed from the text;
    the title is that of the video, which upstream tells apart by file name only.
    """
    for path, content in files.items():
        title = _VIDEOS.get(PurePosixPath(path).stem, "")
        for entry in _table(content):
            text = html.unescape(entry.get("CONTENT", "")).replace("\ufeff", "")
            label = {"1": "spam", "0": "ham"}.get(entry.get("CLASS", ""), "")
            about = {"author": entry.get("AUTHOR", ""), "date": entry.get("DATE", "")}
            extra = json.dumps(about, ensure_ascii=False)
            key = entry.get("COMMENT_ID", "")
            yield _row(key, text, label, _SPAM, "en", title=title, extra=extra)


def _sms(files: Files) -> Rows:
    """SMS Spam Collection: ``label<TAB>text``, one a line; ids count lines, heading included."""
    for content in files.values():
        for number, line in enumerate(_text(content).split("\n")):
            label, _, text = line.partition("\t")
            if line.strip() and (number, label) != (0, "Label"):
                yield _row(number, html.unescape(text), label, _SPAM, "en")


def _telegram(files: Files) -> Rows:
    """Russian Telegram chats: ``text,label`` with label ham or spam."""
    for content in files.values():
        for number, entry in enumerate(_table(content)):
            yield _row(number, entry.get("text", ""), entry.get("label", ""), _SPAM, "ru")


def _phrases(files: Files) -> Rows:
    """Contact form blocklist: a JSON list of phrases, every one of them seen in spam."""
    for content in files.values():
        for number, item in enumerate(_items(content)):
            phrase = item if isinstance(item, str) else ""
            yield _row(number, phrase, "spam-phrase", {"spam-phrase": True}, "en+30 languages")


def _toxic_spans(files: Files) -> Rows:
    """
    Civil Comments with toxic spans: comments, and one row per annotator and comment.

    An annotator marked toxic spans or said "not toxic". A comment is not toxic when more than half
    of its annotators said so; one without annotators is skipped.
    """
    by_name = {PurePosixPath(path).name: content for path, content in files.items()}
    asked: Counter[str] = Counter()
    cleared: Counter[str] = Counter()
    for entry in _table(by_name.get("annotations.csv", b"")):
        asked[entry.get("comment_id", "")] += 1
        cleared[entry.get("comment_id", "")] += entry.get("not toxic") == "True"
    for entry in _table(by_name.get("comments.csv", b"")):
        key, text = entry.get("comment_id", ""), entry.get("comment_text", "")
        label = "toxic" if 2 * cleared[key] <= asked[key] else "not_toxic"
        extra = f"{cleared[key]}/{asked[key]} annotators said not toxic"
        bad = {"toxic": True, "not_toxic": False} if asked[key] else {}
        yield _row(key, text, label, bad, "en", extra=extra)


def _davidson(files: Files) -> Rows:
    """Davidson's tweets: class 0 is hate, 1 offensive, 2 neither; the first two are toxic."""
    names = {"0": "hate", "1": "offensive", "2": "neither"}
    bad = {"hate": True, "offensive": True, "neither": False}
    for content in files.values():
        for entry in _table(content):
            label = names.get(entry.get("class", ""), "")
            yield _row(entry.get("", ""), html.unescape(entry.get("tweet", "")), label, bad, "en")


def _hatemoji(files: Files) -> Rows:
    """HatemojiBuild: ``label_gold`` 1 is hateful; extra is ``type|target``; a file a split."""
    for path, content in files.items():
        split = PurePosixPath(path).stem
        for entry in _table(content):
            extra = f"{entry.get('type', '')}|{entry.get('target', '')}"
            key, text = entry.get("entry_id", ""), entry.get("text", "")
            label = entry.get("label_gold", "")
            yield _row(key, text, label, _FLAG, "en", split=split, extra=extra)


def _stormfront(files: Files) -> Rows:
    """
    White supremacist forum, by sentence: a table of labels and a text file for each.

    ``hate`` is toxic. ``noHate`` is not; ``relation`` (hate only together with its neighbours) and
    ``idk/skip`` get y = 0 too, and are left out of fitting by ``labels`` in `sources.toml`.
    """
    bad = {"hate": True, "noHate": False, "relation": False, "idk/skip": False}
    for entry in _table(files.get("annotations_metadata.csv", b"")):
        key = entry.get("file_id", "")
        text = _text(files.get(f"all_files/{key}.txt", b""))
        yield _row(key, text, entry.get("label", ""), bad, "en")


def _germeval(files: Files) -> Rows:
    """
    GermEval 2018: ``text<TAB>coarse<TAB>fine``, one a line, ``|LBR|`` for a line break.

    OFFENSE is toxic, OTHER is not; extra is the fine label; ids count through both files.
    """
    number = 0
    for path, content in files.items():
        split = "train" if "training" in path else "test"
        for line in filter(str.strip, _text(content).split("\n")):
            text, label, fine, *_ = [*line.split("\t"), "", ""]
            text = text.replace("|LBR|", "\n")
            bad = {"OFFENSE": True, "OTHER": False}
            yield _row(number, text, label, bad, "de", split=split, extra=fine)
            number += 1


_TOLD = ("homophobia", "obscene", "insult", "racism", "misogyny", "xenophobia")


def _told(files: Files) -> Rows:
    """ToLD-Br tweets: votes (of three) per kind; a kind counts from two votes on, any is toxic."""
    for content in files.values():
        for number, entry in enumerate(_table(content)):
            try:
                kinds = [kind for kind in _TOLD if float(entry[kind]) >= 2]
            except (KeyError, ValueError):
                yield None
                continue
            label = "|".join(kinds) or "none"
            yield _row(number, entry.get("text", ""), label, {label: bool(kinds)}, "pt")


def _mlma(files: Files) -> Rows:
    """
    MLMA tweets in Arabic, English and French: ``HITId,tweet,sentiment,...,target,group``.

    Sentiment joins what annotators saw by ``_``; any share of ``normal`` counts as acceptable.
    Extra is ``target|group``. The English file with stop words left out is the one read.
    """
    by_name = {PurePosixPath(path).name: content for path, content in files.items()}
    for lang in ("ar", "en", "fr"):
        for entry in _table(by_name.get(f"{lang}_dataset.csv", b"")):
            label = entry.get("sentiment", "")
            bad = {label: "normal" not in label.split("_")} if label else {}
            extra = f"{entry.get('target', '')}|{entry.get('group', '')}"
            key = lang + entry.get("HITId", "")
            yield _row(key, entry.get("tweet", ""), label, bad, lang, extra=extra)


def _cold(files: Files) -> Rows:
    """COLD: ``,split,topic,label,TEXT``; 1 is offensive; extra is the topic; a file a split."""
    for path, content in files.items():
        # The files' own split column says "train" in parts of the development file.
        split = PurePosixPath(path).stem
        for entry in _table(content):
            key, text = split + entry.get("", ""), entry.get("TEXT", "")
            label, extra = entry.get("label", ""), entry.get("topic", "")
            yield _row(key, text, label, _FLAG, "zh", split=split, extra=extra)


def _semeval(files: Files) -> Rows:
    """
    SemEval 2016 question answering: ``feature,question,answer,labels``, files named by split.

    The first two are title and body of the post. Bad is irrelevant; Good and PotentiallyUseful
    are not. Upstream wrote semicolons for commas; they stay.
    """
    bad = {"Bad": True, "Good": False, "PotentiallyUseful": False}
    for path, content in files.items():
        name = PurePosixPath(path).stem.partition("-")[0]
        for number, entry in enumerate(_table(content)):
            text, label = entry.get("answer", ""), entry.get("labels", "")
            title, context = entry.get("feature", ""), entry.get("question", "")
            post = {"title": title, "context": context, "split": name.lower()}
            yield _row(f"{name}{number}", text, label, bad, "en", **post)


def _fars(files: Files) -> Rows:
    """Fars news: JSON articles without a label; text is their paragraphs, context the abstract."""
    for content in files.values():
        for number, item in enumerate(_items(content)):
            try:
                text, title = "\n".join(item["paragraphs"]), item["title"]
                yield _row(
                    number, text, "", {"": None}, "fa", title=title, context=item["abstract"]
                )
            except (KeyError, TypeError, AttributeError):
                yield None


READERS: Mapping[str, Reader] = {
    "cold": _cold,
    "davidson": _davidson,
    "fars": _fars,
    "germeval": _germeval,
    "hatemoji": _hatemoji,
    "mlma": _mlma,
    "phrases": _phrases,
    "semeval": _semeval,
    "sms": _sms,
    "stormfront": _stormfront,
    "telegram": _telegram,
    "told": _told,
    "toxic_spans": _toxic_spans,
    "youtube": _youtube,
}
"""Reader by its name in `sources.toml`."""
