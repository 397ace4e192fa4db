"""The page that shows the API."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.fakes import Service


def test_the_page_shows_every_address_and_type(service: Service) -> None:
    """Nothing of the document is left out, and every link on the page leads somewhere."""
    document = service.client.get("/openapi.json").json
    page = service.client.get("/docs")
    assert page.status_code == 200
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page.text
            assert f'id="{operation["operationId"]}"' in page.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page.text
    ids = set(re.findall(r'id="([^"]+)"', page.text))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= ids


def test_the_page_is_well_formed_and_loads_nothing(service: Service) -> None:
    """No script, nothing from elsewhere, every element closed."""
    page = service.client.get("/docs")
    assert "<script" not in page.text
    assert not re.search(r'(?:src|href)="(?!#|/)', page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    open_: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in {"meta", "br"}:
                open_.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_.pop() == tag

    Reader().feed(page.text)
    assert open_ == []


def test_the_home_address_leads_there(service: Service) -> None:
    """A visitor without an address finds the documentation."""
    answer = service.client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
