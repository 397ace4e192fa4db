"""
The main path of a comment: check it, and take it in. Read `Desk.check_many` and `Desk.receive`.

Joins text, signals, classifiers, policy and store; knows no wire format, no clock, no thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from moderation.classifiers.articles import ArticleMemory, article_digest
from moderation.classifiers.live import LiveModel
from moderation.classifiers.model import Model
from moderation.desk.articles import remember
from moderation.desk.authors import author_key
from moderation.desk.budgets import Budgets
from moderation.desk.drafts import (
    NOTICES,
    Draft,
    attempt,
    find_article,
    gather_signals,
    note_language,
    prepare_item,
    read_history,
    read_text,
)
from moderation.desk.outcomes import (
    audit_of,
    case_priority,
    case_reason,
    undecided,
    vouched,
    with_notice,
    with_topics,
)
from moderation.desk.results import Asked, Checked, Received
from moderation.desk.scoring import score_drafts
from moderation.errors import InputError
from moderation.policy import PolicySet, Reply, decide, reply
from moderation.signals import NAMES
from moderation.store import Audit, NewComment, NewReply, Store, StoredArticle, StoredComment
from moderation.terms import (
    Action,
    Article,
    Author,
    Comment,
    Decision,
    Lists,
    Scores,
    VerdictAction,
)
from moderation.text import fingerprint, normalise

__all__ = ["SIGNAL_NAMES", "Asked", "Checked", "Desk", "Received"]

SIGNAL_NAMES = NAMES | NOTICES
"""Every signal name a policy may have a rule on."""

_IN_WORDS = {
    "text": "The text",
    "article": "The article",
    "earlier": "Earlier comments under the article",
    "history": "The author's history",
    "repeats": "Repeats of the text",
    "token": "The form's token",
    "parent": "The comment answered",
    "signals": "Signs in the text",
    "item": "The comment as a whole",
}
# How a moderator reads of a part that broke; a broken signal goes by its name.


class Desk:
    """
    The main path. One desk serves every thread of a process.

    Args:
        live: gives the model in use now.
        policies: as read; by an error budget in them nothing is rejected.
        budgets: gives the policies with thresholds found for them; None: there are none to find.
        store: None checks without articles, history and repeats, as the `score` command does.
        max_text_chars: longer comments are refused.
        max_article_chars: longer article bodies are cut before they are analysed.

    Raises:
        StoreError: the store does not give its secret.
    """

    def __init__(
        self,
        *,
        live: LiveModel,
        policies: PolicySet,
        memory: ArticleMemory,
        store: Store | None = None,
        budgets: Budgets | None = None,
        max_text_chars: int = 100_000,
        max_article_chars: int = 200_000,
    ) -> None:
        self._live = live
        self._policies = policies
        self._memory = memory
        self._store = store
        self._budgets = budgets
        self._max_text_chars = max_text_chars
        self._max_article_chars = max_article_chars
        self._secret = store.accounts.secret("author") if store else b""

    def check(self, comment: Comment) -> Checked:
        """
        Score one comment and decide on it; store nothing.

        Raises:
            InputError: the text is too long; `field` is ``comment.text``.
        """
        checked = self.check_many([comment])[0]
        if isinstance(checked, InputError):
            raise checked
        return checked

    def check_many(
        self, comments: Sequence[Comment], *, explain: bool = True
    ) -> list[Checked | InputError]:
        """
        Check a batch with one call of the model. What is wrong with one item stays with that item.

        Args:
            explain: False leaves out the spans behind the scores and is faster.

        Returns:
            As many results as comments, in their order.
        """
        model = self._live.model  # One model for the whole batch, whatever goes live meanwhile.
        policies = self._by_budget(model.version)
        drafts = [self._draft(comment, model) for comment in comments]
        ready = [draft for draft in drafts if isinstance(draft, Draft)]
        # 5. Scores: one feature pass for all heads and all items. CPU, 0.2-0.25 ms each.
        scored = iter(score_drafts(model, ready, explain=explain))
        # 6. Decide: pure, some 10 µs.
        return [
            self._finish(draft, next(scored), policies) if isinstance(draft, Draft) else draft
            for draft in drafts
        ]

    def receive(
        self,
        comment: Comment,
        *,
        key_id: str | None = None,
        idempotency_key: str | None = None,
        request_digest: str | None = None,
        may_audit: bool = True,
        asked: Asked | None = None,
    ) -> Received:
        """
        Check one comment and store it with its decision, and with a case when it is held.

        When this returns, the comment is durable; when it raises, nothing may be acknowledged.

        Args:
            key_id: whose idempotency keys are meant.
            idempotency_key: a second call with the same one gives the first call's comment.
            request_digest: tells a repeat from another request under the same idempotency key.
            may_audit: whether it may be drawn for a person to look at. False for comments that were
                chosen by somebody, which are no fair sample.
            asked: for a client that knows only "spam or not"; what it is told is kept.

        Raises:
            InputError: the text is too long, or the idempotency key was used for something else.
            NotFound: the comment this is a repeat of was deleted since.
            StoreError: the write failed.
        """
        store = self._writable()
        if key_id is not None and idempotency_key is not None:
            # A repeat costs one indexed read and is not checked again.
            earlier = store.comments.earlier(key_id, idempotency_key, request_digest)
            if earlier is not None:
                return Received(stored=earlier, created=False, failed=())
        checked = self.check(comment)
        if asked is not None and asked.vouched:
            checked = replace(checked, decision=vouched(checked.decision))
        told = self.reply(checked) if asked is not None else None
        # 7. The article, when it came along new or changed: one write, once per article.
        new = self._new(checked, key_id)
        # 8. One transaction for comment, decision and case: 0.4 ms, most of it the disk's.
        held = checked.decision.answer is Action.HOLD
        stored, created = store.comments.add(
            replace(
                new,
                case_reason=case_reason(checked.decision) if held else None,
                audit=self._audit(checked) if may_audit else None,
                idempotency_key=idempotency_key,
                request_digest=request_digest,
                reply=self._reply_row(checked, asked, told),
            )
        )
        return Received(stored, created=created, failed=checked.failed, reply=told)

    def reply(self, checked: Checked) -> Reply:
        """Say what a client that knows only "spam or not" is told of a checked comment."""
        return self.reply_to(checked.comment.site, checked.decision, checked.scores)

    def reply_to(self, site: str, decision: Decision, scores: Scores) -> Reply:
        """Say what such a client is told of a decision, by the policy in force now."""
        policies = self._by_budget(scores.model)
        return reply(policies.for_site(site), decision, scores)

    def keep_reported(self, comment: Comment, *, key_id: str) -> StoredComment:
        """
        Store a comment that was reported and never sent before, so that the report can teach.

        It is scored like any other, and waits for nobody: no case is opened. Nobody was told
        anything of it, so it counts neither for its author nor against, until a person judges it.

        Raises:
            InputError: the text is too long.
            StoreError: the write failed.
        """
        checked = self.check(comment)
        undisclosed = replace(checked.decision, answer=Action.HOLD)
        new = self._new(replace(checked, decision=undisclosed), key_id)
        return self._writable().comments.add(new)[0]

    def find_reported(self, comment: Comment) -> str | None:
        """Give the id of the stored comment that somebody speaks of by its content, or None."""
        return self._writable().comments.find_same(
            comment.site,
            fingerprint(normalise(comment.text)),
            author_key=self.author_key(comment.author),
            permalink=comment.permalink or (comment.article.url if comment.article else None),
        )

    def put_article(self, site: str, article: Article, now: datetime) -> StoredArticle:
        """
        Remember an article, so that comments can name it by id or permalink.

        Raises:
            StoreError: the write failed.
        """
        return self._writable().articles.put(site, article, article_digest(article), now)

    def author_key(self, author: Author) -> str | None:
        """Give the key that the history of an author is kept under, None for an unknown author."""
        return author_key(self._secret, author) if self._secret else None

    def _new(self, checked: Checked, key_id: str | None) -> NewComment:
        """Make what is stored of a comment, without any case; its article is remembered already."""
        comment = checked.comment
        return NewComment(
            comment=comment,
            article_key=remember(
                self._writable(), comment.site, checked.resolved, comment.received_at
            ),
            author_key=checked.author_key,
            fingerprint=checked.fingerprint,
            simhash=checked.simhash,
            sketch=checked.sketch,
            scores=checked.scores,
            signals=checked.signals,
            decision=checked.decision,
            case_reason=None,
            case_priority=case_priority(checked.decision),
            key_id=key_id,
        )

    def _writable(self) -> Store:
        if self._store is None:
            raise RuntimeError("This desk was opened without a store and can only check.")
        return self._store

    def _draft(self, comment: Comment, model: Model) -> Draft | InputError:
        # 0. Bounds, the same for every adapter: free.
        if len(comment.text) > self._max_text_chars:
            message = f"must have at most {self._max_text_chars} characters"
            return InputError(message, field="comment.text")
        draft = Draft(comment)
        failed, store = draft.failed, self._store
        # 1. Normalise once; everything below sees this: CPU, 50-100 µs for 200 characters.
        attempt(failed, "text", lambda: read_text(draft), None)
        # 2. The article: one indexed read when it is named, nothing when it came along unnamed.
        attempt(failed, "article", lambda: find_article(draft, store), None)
        # 3. The author's history, the text's, and its form token's: an indexed read for each.
        if store is not None:
            read_history(draft, store, self._secret)
        # 4. Signals: CPU, some 100 µs. The article's analysis is remembered, so only the first
        #    comment under an article pays for it (5-20 ms).
        attempt(failed, "signals", lambda: gather_signals(draft, self._lists(comment.site)), None)
        note_language(draft, model)
        limit = self._max_article_chars
        attempt(
            failed, "item", lambda: prepare_item(draft, model, self._memory, store, limit), None
        )
        return draft

    def _by_budget(self, model: str) -> PolicySet:
        budgets = self._budgets
        if budgets is None:
            return self._policies
        # What breaks there leaves the policies as read, by whose budgets nothing is rejected.
        return attempt([], "budgets", lambda: budgets.in_force(model), self._policies)

    def _reply_row(
        self, checked: Checked, asked: Asked | None, told: Reply | None
    ) -> NewReply | None:
        if asked is None or told is None:
            return None
        listens = self._policies.for_site(checked.comment.site).replies.callbacks
        return NewReply(
            action=VerdictAction.REJECT if told.spam else VerdictAction.APPROVE,
            origin=asked.origin,
            callback_url=asked.callback_url if listens and asked.callback_key else None,
            callback_key=asked.callback_key,
        )

    def _audit(self, checked: Checked) -> Audit | None:
        site = checked.comment.site
        share = attempt([], "audit", lambda: self._policies.for_site(site).audit_share, 0.0)
        return audit_of(share, checked.scores, checked.fingerprint)

    def _lists(self, site: str) -> Lists:
        return self._policies.for_site(site).lists

    def _finish(self, draft: Draft, scores: Scores, policies: PolicySet) -> Checked:
        failed = draft.failed
        # The model's own failure is in the scores already, head by head.
        unchecked = [_IN_WORDS.get(part, part) for part in failed if part != "model"]
        site = draft.comment.site
        decision = attempt(
            failed,
            "policy",
            lambda: decide(policies.for_site(site), draft.signals, scores, failed=unchecked),
            undecided(scores.model),
        )
        failed += [f"head:{head}" for head in scores.failed if "model" not in failed]
        return Checked(
            comment=draft.comment,
            scores=scores,
            signals=draft.signals,
            decision=with_topics(with_notice(decision, draft.signals), draft.comment),
            failed=tuple(failed),
            resolved=draft.resolved,
            author_key=draft.author_key,
            fingerprint=draft.fingerprint,
            simhash=draft.simhash,
            sketch=draft.sketch,
        )
