"""What the tables of `docs/wire.md` say of other vendors' protocols is in the code, and tested."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from moderation.web.akismet import METHODS
from moderation.web.openai import CATEGORIES, MODELS
from moderation.web.perspective_attributes import KNOWN
from moderation.web.perspective_discovery import discovery_document
from moderation.web.perspective_languages import MEASURED_LANGUAGES

ROOT = Path(__file__).parents[2]
WIRE = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
PERSPECTIVE = WIRE.partition("\n## As Perspective\n")[2].partition("\n## ")[0]
AKISMET = WIRE.partition("\n## As Akismet\n")[2].partition("\n## ")[0]
OPENAI = WIRE.partition("\n## As OpenAI's moderations\n")[2].partition("\n## ")[0]


def test_every_test_named_there_exists() -> None:
    """A row that says it is tested is."""
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    named = set(re.findall(r"`(test_\w+)`", WIRE))
    assert len(named) > 40
    assert [name for name in sorted(named) if f"def {name}(" not in tests] == []


def test_every_field_parameter_and_attribute_of_perspective_is_there() -> None:
    """Whatever the discovery document describes, the tables say what becomes of it."""
    document: dict[str, Any] = discovery_document("https://moderation.example/")
    schemas = document["schemas"]
    names = {*document["parameters"], *KNOWN, *schemas["AttributeParameters"]["properties"]}
    for schema in ("AnalyzeCommentRequest", "SuggestCommentScoreRequest"):
        names |= set(schemas[schema]["properties"])
    names |= set(schemas["Context"]["properties"])
    # As a word of its own, with or without what leads there.
    missing = [n for n in names if not re.search(rf"[`.]{re.escape(n)}(?:\.\w+)?`", PERSPECTIVE)]
    assert sorted(missing) == []
    for language in MEASURED_LANGUAGES:
        assert re.search(rf"`[a-z ]*\b{language}\b[a-z ]*`", PERSPECTIVE)


def test_every_category_and_model_of_openai_is_there() -> None:
    """And no other."""
    for name in (*CATEGORIES, *MODELS):
        assert f"`{name}`" in OPENAI


AKISMET_FIELDS = """
api_key key blog user_ip user_agent referrer permalink comment_type content_type comment_author
comment_author_email comment_author_url comment_content comment_text comment_date_gmt
comment_post_modified_gmt comment_parent comment_post_ID blog_lang blog_charset charset user_role
is_test recheck_reason honeypot_field_name comment_context callback classify reporter site_domain
comment_check_response guid akismet_pre_check comment_pingback_target pingbacks_closed is_multicall
multicall_count akismet_comment_nonce POST_ak_hp_textarea month filter format order limit offset
extended from
""".split()
"""What Akismet documents, and what its clients were seen to send."""


def test_every_call_and_field_of_akismet_is_there() -> None:
    """With what becomes of it."""
    for name in METHODS:
        assert re.search(rf"`(?:POST )?{name}`", AKISMET), name
    for name in AKISMET_FIELDS:
        assert f"`{name}`" in AKISMET, name
