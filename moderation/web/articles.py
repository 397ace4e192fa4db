"""
The native API for articles: remember one, read it back.

Turns requests into the product's vocabulary; `desk` remembers.
"""

from __future__ import annotations

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import PathConverter

from moderation.errors import InputError, NotFound
from moderation.store.articles import LONGEST_ID
from moderation.terms import Article, Scope
from moderation.web import answer_schemas as shapes
from moderation.web.answers import article_answer
from moderation.web.endpoint import Call, endpoint, reply
from moderation.web.schemas import ArticleRequest, is_blank

__all__ = ["bp"]

bp = Blueprint("articles", __name__)


class _AnyText(PathConverter):
    """A site's own id: slashes stand where they like, and so does a line break."""

    regex = r"[\s\S]+?"
    part_isolating = False


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["any_text"] = _AnyText


@endpoint(
    bp,
    "PUT",
    "/v1/articles/<any_text:article_id>",
    scope=Scope.SCORE,
    body=ArticleRequest,
    answers={200: shapes.ArticleAnswer},
    longest={"article_id": LONGEST_ID},
)
def put_article(call: Call[ArticleRequest], article_id: str) -> Response:
    """
    Remember an article, or replace what is remembered of it.

    Later comments name it by id or by permalink.
    """
    sent = call.body
    if is_blank(sent.title) and is_blank(sent.body):
        raise InputError("is required, or a body", field="title")
    article = Article(article_id, sent.url, sent.title, sent.body, sent.language)
    return reply(article_answer(call.rooms.desk.put_article(call.key.site, article, call.now)))


@endpoint(
    bp,
    "GET",
    "/v1/articles/<any_text:article_id>",
    scope=Scope.SCORE,
    answers={200: shapes.ArticleAnswer},
    problems=(404,),
    longest={"article_id": LONGEST_ID},
)
def read_article(call: Call[None], article_id: str) -> Response:
    """Read a remembered article."""
    stored = call.rooms.store.articles.find(call.key.site, id=article_id)
    if stored is None:
        raise NotFound("There is no article with this id.")
    return reply(article_answer(stored))
