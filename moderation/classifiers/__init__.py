"""
Learned scoring: features, heads, explanations, bundles on disk and the live one.

May use `text`, `terms` and `errors`; knows no policy, store or HTTP.
"""

from moderation.classifiers.articles import ArticleAnalysis, ArticleMemory, article_digest
from moderation.classifiers.bundle import (
    BundleInfo,
    activate,
    current_version,
    list_bundles,
    previous_version,
    read_bundle,
)
from moderation.classifiers.live import LiveModel
from moderation.classifiers.model import Item, LearnedModel, Model

__all__ = [
    "ArticleAnalysis",
    "ArticleMemory",
    "BundleInfo",
    "Item",
    "LearnedModel",
    "LiveModel",
    "Model",
    "activate",
    "article_digest",
    "current_version",
    "list_bundles",
    "previous_version",
    "read_bundle",
]
