"""Languages measured and not, asked for and detected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from moderation.web.perspective_languages import MEASURED_LANGUAGES
from tests.fakes import Service, make_service
from tests.web.perspective.asking import (
    JAPANESE,
    analyzed,
    ask,
    refusal,
    value,
)


def test_the_measured_languages_are_those_of_the_corpus() -> None:
    """A language of the corpus is measured before a model goes live, and no other one is."""
    folder = Path(__file__).parents[3] / "training_data"
    assert {path.name.split(".")[1] for path in folder.glob("comments.*.jsonl")} == (
        MEASURED_LANGUAGES
    )


def test_a_measured_language_is_answered_as_asked(service: Service) -> None:
    """The language a client names comes back as it named it."""
    for language in (*MEASURED_LANGUAGES, "pt-BR", "EN", "zh-Hant", "en_US"):
        answer = analyzed(service, languages=[language])
        assert answer["languages"] == [language]
        assert answer["detectedLanguages"] == ["en"]


@pytest.mark.parametrize("language", ["ja", "hi-Latn", "xx", "", "nonsense" * 100])
def test_an_unmeasured_language_is_refused_by_attribute(service: Service, language: str) -> None:
    """All languages asked for must be supported; the attribute is named, so clients can drop it."""
    answer = ask(service, languages=["en", language])
    detail = refusal(
        answer,
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        f"Attribute TOXICITY does not support request languages: {language}",
    )
    assert detail["languageNotSupportedByAttributeError"] == {
        "attribute": "TOXICITY",
        "detectedLanguages": ["en"],
        "requestedLanguages": ["en", language],
    }


def test_a_detected_language_that_is_unmeasured_is_refused(service: Service) -> None:
    """The error that client logs show word for word, without the languages nobody asked for."""
    answer = ask(service, comment={"text": JAPANESE})
    detail = refusal(
        answer,
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        "Attribute TOXICITY does not support request languages: ja",
    )
    assert detail["languageNotSupportedByAttributeError"] == {
        "attribute": "TOXICITY",
        "detectedLanguages": ["ja"],
    }


def test_unsupported_attributes_are_dropped_when_asked(service: Service) -> None:
    """A client may rather have less than an error; a name that never was remains one."""
    sent: dict[str, Any] = {"comment": {"text": JAPANESE}, "dropUnsupportedAttributes": True}
    assert analyzed(service, **sent)["attributeScores"] == {}
    wanted = {"TOXICITY": {}, "FLIRTATION": {}, "IDENTITY_ATTACK": {}}
    answer = analyzed(service, requestedAttributes=wanted, dropUnsupportedAttributes=True)
    assert list(answer["attributeScores"]) == ["TOXICITY"]
    answer = ask(service, requestedAttributes={"NONSENSE": {}}, dropUnsupportedAttributes=True)
    refusal(answer, "INVALID_REQUEST", "Unknown requested attribute: NONSENSE")


@pytest.mark.parametrize("text", ["12345", "😀😀😀", "!!! ???"])
def test_a_text_without_a_language_is_said_to_be_that(service: Service, text: str) -> None:
    """Nobody can tell the language of what has no letters; naming one helps."""
    answer = ask(service, comment={"text": text})
    refusal(answer, "LANGUAGE_DETECTION_FAILED", "Unable to detect language")
    named = analyzed(service, comment={"text": text}, languages=["en"])
    assert (named["languages"], named["detectedLanguages"]) == (["en"], ["und"])


@pytest.mark.parametrize("text", ["Fuck you", "ok", "نه", "да"])
def test_a_short_text_is_scored(service: Service, text: str) -> None:
    """Two words are enough for a score, though not for being sure of the language."""
    answer = analyzed(service, comment={"text": text})
    assert set(answer["detectedLanguages"]) <= MEASURED_LANGUAGES
    assert answer["languages"] == answer["detectedLanguages"]


def test_a_site_may_have_every_language_scored(tmp_path: Path) -> None:
    """With the setting no language is an error any more; an attribute we lack still is."""
    service = make_service(tmp_path, perspective_languages="any")
    for text, languages in ((JAPANESE, ["ja"]), ("12345", ["und"])):
        answer = analyzed(service, comment={"text": text})
        assert value(answer, "TOXICITY") == 0.02
        assert answer["languages"] == languages
    assert analyzed(service, languages=["xx"])["languages"] == ["xx"]
    answer = ask(service, requestedAttributes={"FLIRTATION": {}}, languages=["xx"])
    refusal(answer, "INVALID_REQUEST", "Unknown requested attribute: FLIRTATION")
    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()
