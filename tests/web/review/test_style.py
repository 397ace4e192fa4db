"""The review pages' stylesheet: contrast in light and dark, and nothing from elsewhere."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("moderation.web") / "static" / "review" / "review.css").read_text(encoding="utf-8")
LIGHT, DARK = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]

PAIRS = [
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "sunken"),
    ("quiet", "paper"),
    ("quiet", "card"),
    ("quiet", "sunken"),
    ("link", "card"),
    ("link", "paper"),
    ("on-accent", "accent"),
    ("on-approve", "approve"),
    ("on-reject", "reject"),
    ("approve", "card"),
    ("reject", "card"),
    ("warn-ink", "warn-back"),
    *((("ink", f"tone-{number}")) for number in range(1, 7)),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio 1..21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_enough_contrast(scheme: str) -> None:
    """Every pair of colours that carries text has at least 4.5:1."""
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", scheme))
    weak = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in PAIRS
        if contrast(colours[pair[0]], colours[pair[1]]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_and_focus_can_be_seen(scheme: str) -> None:
    """Borders of controls and the focus ring have at least 3:1 against what they lie on."""
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", scheme))
    for name in ("edge", "focus"):
        for ground in ("card", "paper"):
            assert contrast(colours[name], colours[ground]) >= 3, (name, ground)


def test_nothing_is_fetched_from_elsewhere() -> None:
    """The stylesheet names no address and imports nothing."""
    assert not re.search(r"url\(|@import|https?:", CSS)
