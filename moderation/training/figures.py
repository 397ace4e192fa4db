"""
Small line charts as SVG text, the same bytes for the same numbers.

Draws points it is given; measures nothing. Why by hand: decision record 0014.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from moderation.training.curves import Curve

__all__ = ["Line", "Panel", "figure"]

_SIDE = 220
_LEFT, _TOP, _RIGHT, _BELOW, _KEY = 46, 28, 14, 42, 15
# Pixels around the square of a panel, and of each line of its key.

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444")
# Told apart by people who see few colours (Okabe and Ito, 2008).

_TICKS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: its name in the key, its points, and whether points are marked."""

    name: str
    points: Curve
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """
    One square chart.

    Attributes:
        lines: drawn in order; one without points is named in the key all the same.
        y_range: what bottom and top stand for; `x_range` likewise.
        diagonal: whether to draw where y equals x.
        x_ticks: (place, text) in place of evenly spaced numbers.
    """

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line]
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (0.0, 1.0)
    diagonal: bool = False
    x_ticks: Sequence[tuple[float, str]] = ()


def figure(title: str, panels: Sequence[Panel]) -> str:
    """Draw panels side by side; the title is for those who do not see it."""
    width = len(panels) * (_LEFT + _SIDE + _RIGHT)
    key = max((len(panel.lines) for panel in panels), default=0) * _KEY
    height = _TOP + _SIDE + _BELOW + key
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, panel in enumerate(panels):
        parts.append(
            f'<g transform="translate({number * (_LEFT + _SIDE + _RIGHT) + _LEFT},{_TOP})">'
        )
        parts += _frame(panel)
        for place, line in enumerate(panel.lines):
            parts += _line(panel, line, _COLOURS[place % len(_COLOURS)], place)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _frame(panel: Panel) -> list[str]:
    parts = [
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#999"/>',
        _text(_SIDE / 2, -10, panel.title, weight="bold"),
        _text(_SIDE / 2, _SIDE + 32, panel.x_label),
        f'<g transform="translate(-34,{_SIDE / 2:.1f}) rotate(-90)">',
        _text(0, 0, panel.y_label) + "</g>",
    ]
    for value, shown in panel.x_ticks or _ticks(panel.x_range):
        x = _scaled(value, panel.x_range)
        parts.append(f'<path d="M{x:.1f} 0V{_SIDE}" stroke="#eee"/>')
        parts.append(_text(x, _SIDE + 15, shown))
    for value, shown in _ticks(panel.y_range):
        y = _SIDE - _scaled(value, panel.y_range)
        parts.append(f'<path d="M0 {y:.1f}H{_SIDE}" stroke="#eee"/>')
        parts.append(_text(-5, y + 4, shown, anchor="end"))
    if panel.diagonal:
        parts.append(f'<path d="M0 {_SIDE}L{_SIDE} 0" stroke="#999" stroke-dasharray="3 3"/>')
    return parts


def _line(panel: Panel, line: Line, colour: str, place: int) -> list[str]:
    places = [
        (_scaled(x, panel.x_range), _SIDE - _scaled(y, panel.y_range)) for x, y in line.points
    ]
    parts = []
    if places:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
    if line.dots:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in places]
    y = _SIDE + _BELOW + place * _KEY
    name = line.name if places else f"{line.name}: too few rows"
    parts.append(f'<path d="M0 {y}H18" stroke="{colour}" stroke-width="2"/>')
    parts.append(_text(24, y + 4, name, anchor="start"))
    return parts


def _ticks(limits: tuple[float, float]) -> list[tuple[float, str]]:
    low, high = limits
    steps = [low + (high - low) * number / _TICKS for number in range(_TICKS + 1)]
    return [(value, f"{value:.3g}") for value in steps]


def _scaled(value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    share = (value - low) / (high - low)
    return _SIDE * min(1.0, max(0.0, share))


def _text(x: float, y: float, shown: str, *, anchor: str = "middle", weight: str = "") -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{bold}>{escape(shown)}</text>'
