"""Ask the guard, and look at what it said."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.scope_guard.api.dependencies import Guard, TenantHeader, tenant_of
from services.scope_guard.api.schemas import PreviewRequest, ReplayView
from services.scope_guard.use_cases.decide import decide
from services.scope_guard.use_cases.preview import preview, preview_each
from services.scope_guard.use_cases.replay import replay
from services.scope_guard.use_cases.show_decision import show_decision
from shared.contracts.codes import AccessRole, Service
from shared.contracts.scope import DecideRequest, Decision, PreviewEach, PreviewedEach
from shared.contracts.tokens import TokenClaims
from shared.tokens import PEOPLE, allow, allow_any, allow_system

router = APIRouter(prefix="/decisions")

_OVERSEERS = (AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER)

_Asker = Annotated[TokenClaims, Depends(allow_any(roles=PEOPLE, systems=tuple(Service)))]
_Reader = Annotated[TokenClaims, Depends(allow_any(roles=_OVERSEERS, systems=(Service.REFERRALS,)))]
_Overseer = Annotated[TokenClaims, Depends(allow(*_OVERSEERS))]


def _as_json(decision: Decision) -> Response:
    # Straight from the model: FastAPI's own way validates and copies the answer first.
    return Response(decision.model_dump_json(), media_type="application/json")


@router.post("", response_model=Decision, dependencies=[Depends(allow_system(Service.REFERRALS))])
async def post_decision(body: DecideRequest, guard: Guard) -> Response:
    """Decide once for this request id. The same id with another question is 409 `request_id_reused`."""
    decision = await decide(
        body, judge=guard.judge, log=guard.log, clock=guard.clock, digest_key=guard.digest_key, doorbell=guard.doorbell
    )
    return _as_json(decision)


@router.post("/preview", response_model=Decision)
async def post_preview(body: PreviewRequest, guard: Guard, claims: _Asker) -> Response:
    """What the guard would say; nothing is kept. A person asks for the own tenant, whatever the body says."""
    tenant_id = tenant_of(claims, named=body.tenant_id, pointer="/tenant_id")
    return _as_json(preview(body.as_question(tenant_id=tenant_id), judge=guard.judge, clock=guard.clock))


@router.post("/preview-each", response_model=PreviewedEach)
async def post_preview_each(body: PreviewEach, guard: Guard, claims: _Asker) -> Response:
    """What the guard would say for each of several workers; nothing is kept."""
    tenant_id = tenant_of(claims, named=body.tenant_id, pointer="/tenant_id")
    answered = PreviewedEach(items=preview_each(body, tenant_id=tenant_id, judge=guard.judge, clock=guard.clock))
    return Response(answered.model_dump_json(), media_type="application/json")


@router.get("/{decision_id}", response_model=Decision)
async def get_decision(decision_id: UUID, guard: Guard, claims: _Reader, tenant: TenantHeader = None) -> Response:
    """The decision as it was given; once its words are erased, they and the input digest are empty."""
    tenant_id = tenant_of(claims, named=tenant, pointer="header:/handrail-tenant")
    return _as_json(await show_decision(decision_id, tenant_id=tenant_id, log=guard.log))


@router.post("/{decision_id}/replay")
async def post_replay(decision_id: UUID, guard: Guard, claims: _Overseer) -> ReplayView:
    """Ask the loaded policy the stored question again; stores nothing."""
    found = await replay(
        decision_id,
        tenant_id=tenant_of(claims, named=None, pointer=""),
        log=guard.log,
        judge=guard.judge,
        clock=guard.clock,
        digest_key=guard.digest_key,
    )
    return ReplayView(**asdict(found))
