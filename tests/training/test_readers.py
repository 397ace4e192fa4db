"""Readers of public sets: each understands a tiny invented sample of its upstream format."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.training.prepared import PreparedRow, distinct, to_csv
from moderation.training.readers import READERS
from moderation.training.sources import TRAIN


def _read(reader: str, files: Mapping[str, str]) -> list[PreparedRow | None]:
    return list(READERS[reader]({path: text.encode() for path, text in files.items()}))


def test_youtube_unescapes_the_text_names_the_video_and_skips_unknown_classes():
    """YouTube: entities and byte order marks go, title comes from the file name."""
    sample = (
        "COMMENT_ID,AUTHOR,DATE,CONTENT,CLASS\n"
        "a1,Ann &amp; Bo,2020-01-02T03:04:05,buy &amp; win\ufeff,1\n"
        'a2,Cé,,"nice, really",0\n'
        "a3,D,,who knows,2\n"
        "a4,E,,\ufeff ,1\n"
    )
    assert _read("youtube", {"data_set/2.csv": sample}) == [
        {
            "id": "a1",
            "text": "buy & win",
            "label": "spam",
            "y": "1",
            "lang": "en",
            "title": "Katy Perry - Roar",
            "extra": '{"author": "Ann &amp; Bo", "date": "2020-01-02T03:04:05"}',
        },
        {
            "id": "a2",
            "text": "nice, really",
            "label": "ham",
            "y": "0",
            "lang": "en",
            "title": "Katy Perry - Roar",
            "extra": '{"author": "Cé", "date": ""}',
        },
        None,
        None,
    ]


def test_sms_counts_lines_from_its_heading_and_skips_lines_without_a_label():
    """SMS: the heading is line 0, a line that is no message is given as unusable."""
    rows = _read("sms", {"S": "Label\tSMS\nham\tsee you &lt;3 \nno tab here\nspam\tWIN \x85 now\n"})
    assert rows == [
        {"id": "1", "text": "see you <3", "label": "ham", "y": "0", "lang": "en"},
        None,
        {"id": "3", "text": "WIN \x85 now", "label": "spam", "y": "1", "lang": "en"},
    ]


def test_telegram_reads_text_and_label():
    """Telegram: quoted line breaks stay, other labels are unusable."""
    rows = _read("telegram", {"c.csv": 'text,label\n"один\nдва",ham\nтри,spam\nчетыре,\n'})
    assert rows == [
        {"id": "0", "text": "один\nдва", "label": "ham", "y": "0", "lang": "ru"},
        {"id": "1", "text": "три", "label": "spam", "y": "1", "lang": "ru"},
        None,
    ]


def test_phrases_are_all_spam():
    """Phrases: a list of texts; what is no text is unusable."""
    rows = _read("phrases", {"m.json": json.dumps(["cheap links ", 7, "rank first"])})
    assert [row and (row["id"], row["text"], row["y"]) for row in rows] == [
        ("0", "cheap links", "1"),
        None,
        ("2", "rank first", "1"),
    ]


def test_toxic_spans_goes_by_the_majority_of_annotators():
    """Toxic spans: an even vote is toxic, more than half "not toxic" is not, no vote unusable."""
    annotations = "annotation,comment_id,worker,country,all toxic,not toxic\n" + "".join(
        f"0,{key},1,X,False,{no}\n"
        for key, no in [("7", "True"), ("7", "False"), ("8", "True"), ("8", "True"), ("8", "False")]
    )
    rows = _read(
        "toxic_spans",
        {
            "data/comments.csv": "comment_id,comment_text\n7,you fool\n8,a fine day\n9,unasked\n",
            "data/annotations.csv": annotations,
        },
    )
    assert [row and (row["label"], row["y"], row["extra"]) for row in rows] == [
        ("toxic", "1", "1/2 annotators said not toxic"),
        ("not_toxic", "0", "2/3 annotators said not toxic"),
        None,
    ]


def test_davidson_counts_hate_and_offence_as_toxic():
    """Davidson: the three classes, entities undone once."""
    rows = _read(
        "davidson",
        {
            "l.csv": ",count,hate_speech,offensive_language,neither,class,tweet\n"
            "0,3,3,0,0,0,one &amp;amp; all\n4,3,0,3,0,1,two\n5,3,0,0,3,2,three\n6,3,0,0,3,,four\n"
        },
    )
    assert [row and (row["id"], row["text"], row["label"], row["y"]) for row in rows] == [
        ("0", "one &amp; all", "hate", "1"),
        ("4", "two", "offensive", "1"),
        ("5", "three", "neither", "0"),
        None,
    ]


def test_hatemoji_takes_the_split_from_the_file_name():
    """Hatemoji: the gold label, and type and target side by side."""
    head = "entry_id,text,type,target,split,label_gold\n"
    rows = _read(
        "hatemoji",
        {
            "B/train.csv": head + "0,go away 🐍,derogation,\"['x', 'y']\",train,1\n",
            "B/validation.csv": head + "4,hello 🐍,none,['none'],dev,0\n5,what,none,[],dev,?\n",
        },
    )
    assert [row and (row["id"], row["y"], row["split"], row["extra"]) for row in rows] == [
        ("0", "1", "train", "derogation|['x', 'y']"),
        ("4", "0", "validation", "none|['none']"),
        None,
    ]


def test_stormfront_joins_labels_with_their_sentence_files():
    """Stormfront: only hate is bad; a label without its file is unusable."""
    rows = _read(
        "stormfront",
        {
            "annotations_metadata.csv": "file_id,user_id,subforum_id,num_contexts,label\n"
            "1_1,1,1,0,hate\n1_2,1,1,0,noHate\n1_3,1,1,0,relation\n1_4,1,1,0,hate\n",
            "all_files/1_1.txt": "first \n",
            "all_files/1_2.txt": "second",
            "all_files/1_3.txt": "third",
        },
    )
    assert [row and (row["id"], row["text"], row["label"], row["y"]) for row in rows] == [
        ("1_1", "first", "hate", "1"),
        ("1_2", "second", "noHate", "0"),
        ("1_3", "third", "relation", "0"),
        None,
    ]


def test_germeval_counts_through_both_files_and_breaks_lines():
    """GermEval: ids go on in the second file, |LBR| is a line break."""
    rows = _read(
        "germeval",
        {
            "germeval2018.training.txt": "Eins |LBR| zwei\tOFFENSE\tINSULT\nDrei\tOTHER\tOTHER\n",
            "germeval2018.test.txt": "kaputt\nVier\tOTHER\tOTHER",
        },
    )
    assert [row and (row["id"], row["text"], row["y"], row["split"]) for row in rows] == [
        ("0", "Eins \n zwei", "1", "train"),
        ("1", "Drei", "0", "train"),
        None,
        ("3", "Vier", "0", "test"),
    ]


def test_told_needs_two_votes_for_a_kind():
    """ToLD-Br: kinds with two of three votes, joined; a row without numbers is unusable."""
    rows = _read(
        "told",
        {
            "T.csv": "text,homophobia,obscene,insult,racism,misogyny,xenophobia\n"
            "um,0.0,2.0,3.0,0.0,0.0,0.0\ndois,1.0,1.0,1.0,0.0,0.0,0.0\ntrês,,,,,,\n"
        },
    )
    assert [row and (row["label"], row["y"]) for row in rows] == [
        ("obscene|insult", "1"),
        ("none", "0"),
        None,
    ]


def test_mlma_reads_three_languages_and_forgives_any_share_of_normal():
    """MLMA: the files are found by name wherever they lie, without the one with stop words."""
    head = "HITId,tweet,sentiment,directness,annotator_sentiment,target,group\n"
    rows = _read(
        "mlma",
        {
            "z/__MACOSX/._ar_dataset.csv": "\x00\x05",
            "z/fr_dataset.csv": head + "1,un,hateful_normal,x,y,origin,other\n",
            "z/en_dataset.csv": head + "1,one,offensive,x,y,other,women\n2,two,,x,y,,\n",
            "z/en_dataset_with_stop_words.csv": head + "1,the one,offensive,x,y,other,women\n",
            "z/ar_dataset.csv": head + "3,واحد,abnormal,x,y,other,other\n",
        },
    )
    assert [row and (row["id"], row["lang"], row["y"], row["extra"]) for row in rows] == [
        ("ar3", "ar", "1", "other|other"),
        ("en1", "en", "1", "other|women"),
        None,
        ("fr1", "fr", "0", "origin|other"),
    ]


def test_cold_takes_the_split_from_the_file_name_not_the_column():
    """COLD: rows of the development file that say "train" are development rows."""
    rows = _read(
        "cold",
        {
            "C/dev.csv": ",split,topic,label,TEXT\n8,train,race,1,甲\n9,dev,region,?,乙\n",
            "C/test.csv": ",split,topic,label,fine-grained-label,TEXT\n3,test,gender,0,3,丙\n",
        },
    )
    assert [row and (row["id"], row["y"], row["split"], row["extra"]) for row in rows] == [
        ("dev8", "1", "dev", "race"),
        None,
        ("test3", "0", "test", "gender"),
    ]


def test_semeval_keeps_the_post_with_each_answer():
    """SemEval: title and body of the post, and only Bad is irrelevant."""
    rows = _read(
        "semeval",
        {
            "d/VAL-BASE.csv": "feature,question,answer,labels\r\n"
            'Bank?,Which one ,"""This"" one",Good\r\nBank?,Which one,Lol,Bad\r\n'
            "Bank?,Which one,Maybe,PotentiallyUseful\r\nBank?,Which one,Hm,Dialogue\r\n"
        },
    )
    assert rows[0] == {
        "id": "VAL0",
        "text": '"This" one',
        "label": "Good",
        "y": "0",
        "lang": "en",
        "title": "Bank?",
        "context": "Which one",
        "split": "val",
    }
    assert [row and row["y"] for row in rows] == ["0", "1", "0", None]


def test_fars_joins_paragraphs_and_has_no_label():
    """Fars: an article without paragraphs, or that is no article, is unusable."""
    article = {"title": "ت", "abstract": " خ ", "paragraphs": ["یک", "دو"], "cat": "x"}
    rows = _read("fars", {"f.json": json.dumps([article, {**article, "paragraphs": []}, 5])})
    assert rows == [
        {
            "id": "0",
            "text": "یک\nدو",
            "label": "",
            "y": "",
            "lang": "fa",
            "title": "ت",
            "context": "خ",
        },
        None,
        None,
    ]


_PATHS = (
    "comments.csv annotations.csv annotations_metadata.csv all_files/1.txt ar_dataset.csv "
    "train.csv germeval2018.training.txt"
).split()


@pytest.mark.parametrize("reader", sorted(READERS))
@given(content=st.binary(max_size=300) | st.text(',"\n\tx1\x00', max_size=100).map(str.encode))
def test_no_bytes_break_a_reader(reader: str, content: bytes):
    """Whatever the files hold, a reader gives rows, unusable rows, or ValueError."""
    try:
        rows = list(READERS[reader](dict.fromkeys(_PATHS, content)))
    except ValueError:
        return
    for row in rows:
        assert row is None or (row["text"].strip() and row["y"] in {"", "0", "1"})


def test_every_reader_that_is_named_exists(sources):
    """Sets to learn from name the readers there are; one for measuring alone is read by none."""
    assert {source.reader for source in sources if source.use == TRAIN} == set(READERS)
    assert {source.reader for source in sources if source.use != TRAIN} == {""}


def test_distinct_keeps_the_first_of_equal_rows_but_for_case_width_and_space():
    """Rows differing in label or title are both kept."""
    row = {"id": "1", "text": "Free  Money", "label": "spam", "y": "1", "lang": "en"}
    again = {**row, "id": "2", "text": "ｆｒｅｅ money "}
    other = {**row, "id": "3", "label": "ham"}
    titled = {**row, "id": "4", "title": "A"}
    assert list(distinct([row, again, other, titled])) == [row, other, titled]


def test_a_prepared_file_has_only_the_columns_its_set_carries():
    """Optional columns appear in the fixed order when some row has them; quoting is RFC 4180."""
    row = {"id": "1", "text": 'a "b"\nc', "label": "x", "y": "1", "lang": "en", "split": "test"}
    assert to_csv([row]) == b'id,text,label,y,lang,split\n1,"a ""b""\nc",x,1,en,test\n'
