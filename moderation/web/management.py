"""
The native API for keys, models and the policy in force.

Turns requests into calls of the store and of the bundles' own functions; decides nothing.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from moderation.classifiers.bundle import activate, list_bundles
from moderation.errors import BundleMissing
from moderation.terms import Scope
from moderation.web import answer_schemas as shapes
from moderation.web.answers import key_answer, model_answer, policy_answer
from moderation.web.endpoint import Call, endpoint, reply
from moderation.web.rooms import Rooms
from moderation.web.schemas import KeyRequest

__all__ = ["bp"]

bp = Blueprint("management", __name__)


@endpoint(
    bp,
    "POST",
    "/v1/keys",
    scope=Scope.ADMIN,
    body=KeyRequest,
    answers={201: shapes.NewKeyAnswer},
    problems=(409,),
)
def make_key(call: Call[KeyRequest]) -> Response:
    """
    Make an API key.

    The answer is the only place its secret is ever shown: only a digest is stored. A `key` that is
    in use already is answered 409.
    """
    sent = call.body
    limit = sent.per_minute
    key, secret = call.rooms.store.accounts.add_key(
        name=sent.name,
        scopes=frozenset(sent.scopes),
        site=sent.site,
        per_minute=call.rooms.config.default_per_minute if limit is None else limit,
        secret=sent.key,
        actor=f"key:{call.key.id}",
        now=call.now,
    )
    # A miss may be remembered for this secret, when a client tried it before it was made.
    current_app.extensions["moderation.keys"].forget()
    return reply({**key_answer(key), "key": secret}, 201)


@endpoint(bp, "GET", "/v1/keys", scope=Scope.ADMIN, answers={200: shapes.KeysAnswer})
def list_keys(call: Call[None]) -> Response:
    """List all keys, without their secrets."""
    return reply({"items": [key_answer(key) for key in call.rooms.store.accounts.keys()]})


@endpoint(
    bp, "DELETE", "/v1/keys/<key_id>", scope=Scope.ADMIN, answers={204: None}, problems=(404,)
)
def revoke_key(call: Call[None], key_id: str) -> Response:
    """
    Revoke a key.

    Within three seconds no process takes it any more.
    """
    call.rooms.store.accounts.revoke_key(key_id, actor=f"key:{call.key.id}", now=call.now)
    current_app.extensions["moderation.keys"].forget()
    return Response(status=204)


@endpoint(bp, "GET", "/v1/models", scope=Scope.ADMIN, answers={200: shapes.ModelsAnswer})
def list_models(call: Call[None]) -> Response:
    """List the model bundles, the one in use, and why a newer one is refused if so."""
    return reply(_models(call.rooms))


@endpoint(
    bp,
    "POST",
    "/v1/models/<version>/activate",
    scope=Scope.ADMIN,
    answers={200: shapes.ModelsAnswer},
    problems=(404, 409),
)
def activate_model(call: Call[None], version: str) -> Response:
    """
    Put a model into use, or an earlier one back.

    It is verified first; one that does not verify is refused and nothing changes. Other worker
    processes follow within seconds.
    """
    models_dir = call.rooms.config.models_dir
    # The list is what decides which folders are bundles; a name from outside never makes a path.
    if version not in {bundle.version for bundle in list_bundles(models_dir)}:
        raise BundleMissing(version=version)
    activate(models_dir, version)
    call.rooms.live.refresh()
    return reply(_models(call.rooms))


@endpoint(bp, "GET", "/v1/policy", scope=Scope.MODERATE, answers={200: shapes.PolicyAnswer})
def read_policy(call: Call[None]) -> Response:
    """
    Show the thresholds in force for the key's site, and what they rest on.

    Of every error budget: the threshold found for it, from which labelled rows, how many comments
    it settles; or why nothing is rejected by it.
    """
    site, budgets = call.key.site, call.rooms.budgets
    model = call.rooms.live.model.version
    policy = budgets.in_force(model).for_site(site)
    return reply(policy_answer(site, policy, budgets.findings(model, site)))


def _models(rooms: Rooms) -> dict[str, object]:
    return {
        "items": [model_answer(bundle) for bundle in list_bundles(rooms.config.models_dir)],
        "in_use": rooms.live.model.version,
        "refused": rooms.live.refused,
    }
