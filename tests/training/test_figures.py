"""The little charts: valid, small, the same every time, and where the numbers are."""

from __future__ import annotations

import math
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from moderation.training.figures import Line, Panel, figure

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = st.floats(-1e6, 1e6)


def parse(drawing: str) -> ElementTree.Element:
    """Read a figure as a browser would."""
    return ElementTree.fromstring(drawing)


def test_a_figure_says_what_it_shows() -> None:
    """Title, labels and names are text in it, whatever signs they hold."""
    panel = Panel("a < b", "rows & columns", "share", [Line("our corpus", ((0, 0), (1, 1)))])
    root = parse(figure("ROC <curves>", [panel]))
    said = [element.text for element in root.iter() if element.text]
    assert {"ROC <curves>", "a < b", "rows & columns", "share", "our corpus"} <= set(said)


def test_points_stand_where_their_numbers_are() -> None:
    """The origin is at the bottom left, and a range of its own is kept."""
    line = Line("x", ((0.0, 0.0), (1.0, 0.5)), dots=True)
    root = parse(figure("t", [Panel("t", "x", "y", [line], y_range=(0.0, 0.5))]))
    dots = [(float(d.attrib["cx"]), float(d.attrib["cy"])) for d in root.iter(f"{_SVG}circle")]
    side = dots[1][0]
    assert dots == [(0.0, side), (side, 0.0)]


def test_a_line_without_points_is_named_all_the_same() -> None:
    """What could not be measured is not passed over."""
    drawing = figure("t", [Panel("t", "x", "y", [Line("other sources", ())])])
    assert "other sources: too few rows" in drawing


def test_a_figure_may_be_empty() -> None:
    """No panel and no line are no error."""
    parse(figure("t", []))
    parse(figure("t", [Panel("t", "x", "y", [])]))


@given(st.lists(st.tuples(_NUMBER, _NUMBER), max_size=30))
def test_no_point_leaves_its_chart(points: list[tuple[float, float]]) -> None:
    """Numbers out of range are drawn at the edge, and equal input gives equal bytes."""
    panel = Panel("t", "x", "y", [Line("x", tuple(points), dots=True)])
    drawing = figure("t", [panel])
    assert drawing == figure("t", [panel])
    for dot in parse(drawing).iter(f"{_SVG}circle"):
        assert 0 <= float(dot.attrib["cx"]) <= 220
        assert 0 <= float(dot.attrib["cy"]) <= 220


def test_many_points_stay_small() -> None:
    """A figure of three panels with eighty points a line is a few kilobytes."""
    points = tuple((n / 80, math.sin(n) ** 2) for n in range(80))
    panel = Panel("t", "x", "y", [Line("a", points), Line("b", points)])
    assert len(figure("t", [panel] * 3)) < 16_000
