"""
The native API for articles: remember one, read it back.

Turns requests into the product's vocabulary; `desk` remembers.
"""

from __future__ import annotations

from flask import Blueprint, Response

from moderation.errors import InputError, NotFound
from moderation.terms import Article, Scope
from moderation.web import answer_schemas as shapes
from moderation.web.answers import article_answer
from moderation.web.endpoint import Call, endpoint, reply
from moderation.web.schemas import ArticleRequest

__all__ = ["bp"]

bp = Blueprint("articles", __name__)


@endpoint(
    bp,
    "PUT",
    "/v1/articles/<path:article_id>",
    scope=Scope.SCORE,
    body=ArticleRequest,
    answers={200: shapes.ArticleAnswer},
)
def put_article(call: Call[ArticleRequest], article_id: str) -> Response:
    """
    Remember an article, or replace what is remembered of it.

    Later comments name it by id or by permalink.
    """
    _bound_id(article_id)
    sent = call.body
    if not ((sent.title or "").strip() or (sent.body or "").strip()):
        raise InputError("is required, or a body", field="title")
    article = Article(article_id, sent.url, sent.title, sent.body, sent.language)
    return reply(article_answer(call.rooms.desk.put_article(call.key.site, article, call.now)))


@endpoint(
    bp,
    "GET",
    "/v1/articles/<path:article_id>",
    scope=Scope.SCORE,
    answers={200: shapes.ArticleAnswer},
    problems=(404, 422),
)
def read_article(call: Call[None], article_id: str) -> Response:
    """Read a remembered article."""
    _bound_id(article_id)
    stored = call.rooms.store.articles.find(call.key.site, id=article_id)
    if stored is None:
        raise NotFound("There is no article with this id.")
    return reply(article_answer(stored))


def _bound_id(article_id: str) -> None:
    if len(article_id) > 500:
        raise InputError("must have at most 500 characters", field="article_id")
