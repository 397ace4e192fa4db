"""Web pages: the article is told from what stands around it, whatever the markup is like."""

from __future__ import annotations

import pytest

from moderation.text.page import read_page

FIRST = "The city council has put off the opening of the tram line to the harbour until spring."
SECOND = (
    "Engineers found cracks in two bridges, and the repair will cost four million, "
    "said a speaker on Monday after the meeting."
)
THIRD = "Shop owners along the route say that the noise drives their customers away."
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"

PAGE = f"""<!DOCTYPE html>
<html lang="en-GB"><head>
<title>Tram late again | The Paper</title>
<meta property="og:title" content="Tram late &amp; later">
<style>p {{ color: red }}</style><script>var a = "<p>{"no " * 20}</p>";</script>
</head><body>
<header><h1>The Paper</h1><p>The best newspaper of the whole town, since 1870.</p></header>
<nav><ul><li>Politics and much more than that in one menu</li></ul></nav>
<main><article class="post">
  <header><h1>Tram late</h1></header>
  <p>{FIRST}<!-- <p>an old version of the paragraph, kept by the editor</p> -->
  <p>By A. Reporter</p>
  <p>{SECOND}</p>
  <figure><img alt="x"><figcaption>A picture of a bridge with cracks in it.</figcaption></figure>
  <aside><p>Subscribe to our newsletter for more stories like this one.</p></aside>
  <p>Shop owners along the route <a href="/shops">say</a> that the <em>noise</em> drives
     their customers away.</p>
  <section id="comments"><article class="comment">
    <p>I want the jungle, and I want it now, says the first reader.</p></article></section>
</article></main>
<footer><p>All rights reserved by the newspaper and its owners.</p></footer>
</body></html>"""


def test_the_article_is_read_and_nothing_around_it() -> None:
    """Menus, captions, asides, comments and scripts are left out."""
    page = read_page(PAGE)
    assert page.body == TEXT
    assert page.title == "Tram late & later"
    assert page.language == "en"


def test_pages_without_article_elements_are_read_too() -> None:
    """Paragraphs of `main`, or of the page as a whole, do as well."""
    paragraphs = "".join(f"<p>{text}</p>" for text in TEXT.split("\n\n"))
    assert read_page(f"<main>{paragraphs}</main><p>{'Around it. ' * 30}</p>").body == TEXT
    page = read_page(f"<title>Tram</title><div>{paragraphs}</div>")
    assert (page.title, page.body, page.language) == ("Tram", TEXT, None)


def test_a_page_without_running_text_has_no_body() -> None:
    """A list of headlines is no article."""
    assert read_page("<h1>News</h1><p>Tram late</p><p>Rain</p>").body is None
    assert read_page("").body is None


def test_a_title_stands_in_for_another() -> None:
    """Shared title, then heading, then window title."""
    assert read_page("<title>Window</title><h1>Head <i>line</i></h1>").title == "Head line"
    assert read_page("<title>Only &lt;window&gt;</title>").title == "Only <window>"


@pytest.mark.parametrize(
    "made",
    [
        "<!--" * 100_000,
        "<p " * 100_000,
        "<a href='" * 100_000,
        "</" * 100_000,
        "<script>" * 100_000,
        "<b>" * 100_000,
        "<div id=comments>" * 50_000,
        "<![CDATA[" * 100_000,
        "<p>" + "&#1;" * 100_000,
        "<h1>" * 100_000 + "x",
        "\x00<\ud800>" * 1000,
    ],
    ids=lambda made: made[:12].encode("ascii", "replace").decode(),
)
def test_a_page_made_to_be_slow_is_read_all_the_same(made: str) -> None:
    """Marks that never end do not make it look for their end again and again."""
    assert read_page(made + "<p>end").body is None
