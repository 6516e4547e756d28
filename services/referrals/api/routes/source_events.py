"""The door for what other systems tell of episodes of care."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Parts, once, rendering, respond
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.source_event_schemas import EpisodeEvent, PeopleJoined, SourceEventReceipt
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.use_cases.follow_source_event import follow_source_event
from shared.contracts.codes import AccessRole, Service
from shared.contracts.tokens import TokenClaims
from shared.idempotency import IdempotencyKey
from shared.tokens import allow_any

router = APIRouter()

Sources = Annotated[
    TokenClaims,
    Depends(allow_any(roles=(AccessRole.ADMINISTRATOR,), systems=(Service.INTEROP,))),
]


@router.post("/transitions/source-events")
async def post_source_event(
    body: EpisodeEvent | PeopleJoined, claims: Sources, parts: Parts, walk: Walk, request: Request, key: IdempotencyKey
) -> Response:
    """Tell a fact of an episode. Any order and any repetition of the same facts ends in the same state."""
    by = _teller(claims, named=body.tenant_id)
    render = rendering(SourceEventReceipt.of, status=200, version=lambda _: 0)
    found = await follow_source_event(
        body.fact(),
        by=by,
        works=walk.works,
        protocols=walk.protocols,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render),
    )
    return respond(render(found))


def _teller(claims: TokenClaims, *, named: UUID | None) -> Actor:
    """The system of a tenant: what a source says is its word, whoever passes it on. A person's tenant is his token's."""
    tenant_id = claims.tenant_id or named
    if tenant_id is None:
        raise InvalidField("required", pointer="/tenant_id")
    if named not in (None, tenant_id):
        raise InvalidField("not_yours", pointer="/tenant_id")
    return Actor(tenant_id=tenant_id, access_role=AccessRole.SYSTEM, worker_id=claims.worker_id, subject=claims.sub)
