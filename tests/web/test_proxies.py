"""Which outside address the service believes to have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import make_service

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "moderation.example"}
DISCOVERY = (
    "/$discovery/rest?version=v1alpha1",
    "/discovery/v1/apis/commentanalyzer/v1alpha1/rest",
)


@pytest.mark.parametrize(
    ("settings", "root"),
    [
        ({}, "http://localhost/"),
        ({"trusted_proxies": 1}, "https://moderation.example/"),
        ({"public_url": "https://out.example/sub"}, "https://out.example/sub/"),
        ({"public_url": "https://out.example/", "trusted_proxies": 1}, "https://out.example/"),
    ],
)
def test_the_discovery_document_names_the_outside_address(
    tmp_path: Path, settings: dict[str, object], root: str
) -> None:
    """A proxy is believed only when a setting says so; the address given by hand wins."""
    service = make_service(tmp_path, **settings)
    for path in DISCOVERY:
        answer = service.client.get(path, headers=FORWARDED)
        assert answer.status_code == 200
        assert answer.json["rootUrl"] == root
        assert answer.json["batchPath"] == "batch"
        assert answer.json["resources"]["comments"]["methods"]["analyze"]["path"] == (
            "v1alpha1/comments:analyze"
        )
    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()


def test_only_as_many_words_are_believed_as_there_are_proxies(tmp_path: Path) -> None:
    """What a client put before the proxy's own word is not."""
    service = make_service(tmp_path, trusted_proxies=1)
    headers = {"X-Forwarded-Host": "evil.example, moderation.example"}
    answer = service.client.get(DISCOVERY[0], headers=headers)
    assert answer.json["rootUrl"] == "http://moderation.example/"
    service.rooms.store.close()
    service.app.extensions["moderation.limits"].close()
