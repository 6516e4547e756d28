"""Referrals: asking a worker, a team or the clinical backup to take somebody on; lists; what a team talks about."""

from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import (
    CareTeam,
    Parts,
    Staff,
    Supervising,
    actor,
    once,
    rendered_once,
    rendering,
    respond,
)
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.referral_dependencies import Refer
from services.referrals.api.referral_schemas import BackupRequest, PassOnRequest, ReferralRequest
from services.referrals.api.referral_views import (
    BackupView,
    HuddleView,
    PlanLineView,
    ReferralLineView,
    ReferralMade,
    ReferralView,
    SharedPlanView,
)
from services.referrals.domain.referral_states import ReferralStatus
from services.referrals.use_cases.create_referral import create_referral
from services.referrals.use_cases.list_referral_huddle import list_referral_huddle
from services.referrals.use_cases.list_referrals import list_referrals
from services.referrals.use_cases.name_referral_backup import name_referral_backup
from services.referrals.use_cases.once import Rendered
from services.referrals.use_cases.pass_on_referral import pass_on_referral
from services.referrals.use_cases.read_referral import read_referral
from services.referrals.use_cases.read_referral_backup import read_referral_backup
from services.referrals.use_cases.read_shared_plan import read_shared_plan
from services.referrals.use_cases.referral_ports import ReferralFilter, ReferralOrder
from services.referrals.use_cases.register_person import NewPerson
from shared.contracts.paging import Page
from shared.idempotency import IdempotencyKey
from shared.paging import MAX_PAGE

router = APIRouter()

_made = rendering(ReferralMade.of, status=201)


@router.post("/referrals")
async def post_referral(
    body: ReferralRequest, claims: CareTeam, refer: Refer, request: Request, key: IdempotencyKey
) -> Response:
    """Refer somebody: 201; 409 where the scope guard does not permit what is asked, 503 where it cannot be asked."""
    by = actor(claims)
    render = rendered_once(_made)
    made = await create_referral(
        body.wish(),
        as_draft=body.status == "draft",
        newcomer=None if body.person is None else NewPerson(**dict(body.person)),
        by=by,
        tools=refer.tools,
        once=once(request, by, key=key, body=body, render=render),
        occurred_at=body.occurred_at,
    )
    return respond(render(made))


@router.post("/referrals/{referral_id}/pass-on")
async def post_pass_on(
    referral_id: UUID, body: PassOnRequest, claims: CareTeam, refer: Refer, request: Request, key: IdempotencyKey
) -> Response:
    """Pass one's own referral on as an intermediary: 201 with the child."""
    by = actor(claims)
    made = await pass_on_referral(
        referral_id,
        body.wish(),
        parent_follows=body.parent_follows,
        by=by,
        works=refer.works,
        tools=refer.tools,
        once=once(request, by, key=key, body=body, render=_made),
        occurred_at=body.occurred_at,
    )
    return respond(_made(made))


@router.get("/referrals")
async def get_referrals(
    claims: CareTeam,
    parts: Parts,
    refer: Refer,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    order: Annotated[ReferralOrder, Query()] = ReferralOrder.NEWEST,
    status: Annotated[ReferralStatus | None, Query()] = None,
    owner: Annotated[Literal["me"] | UUID | None, Query()] = None,
    requester: Annotated[Literal["me"] | UUID | None, Query()] = None,
    team_id: Annotated[UUID | None, Query()] = None,
    person_id: Annotated[UUID | None, Query()] = None,
) -> Page[ReferralLineView]:
    """Referrals the caller may know of: by owner or requester (`me` or a worker), team, person, status; newest, due, at risk first."""
    by = actor(claims)
    at = place(parts, by, name=f"referrals.{order.value}", cursor=cursor, limit=limit)
    wanted = ReferralFilter(
        by=by,
        order=order,
        status=status,
        owner_worker_id=by.acting_worker() if owner == "me" else owner,
        requester_worker_id=by.acting_worker() if requester == "me" else requester,
        team_id=team_id,
        person_id=person_id,
    )
    found = await list_referrals(wanted, works=refer.works, clock=parts.clock, after=at.after, limit=at.reading)
    return page(found, at=at, parts=parts, view=ReferralLineView.of)


@router.get("/referrals/{referral_id}")
async def get_referral(referral_id: UUID, claims: CareTeam, refer: Refer) -> Response:
    """One referral, with history and texts as far as the caller may know."""
    reading = await read_referral(referral_id, by=actor(claims), works=refer.works)
    referral = reading.standing.referral
    view = partial(ReferralView.of, model=refer.tools.rules.models.choose(referral.model))
    return respond(rendering(view, status=200, version=lambda _: referral.version)(reading))


@router.get("/referrals/{referral_id}/shared-plan")
async def get_shared_plan(referral_id: UUID, claims: CareTeam, refer: Refer) -> SharedPlanView:
    """What is open for its person, for the team that has them together; 404 where its model shares no plan."""
    found = await read_shared_plan(
        referral_id, by=actor(claims), works=refer.works, models=refer.tools.rules.models, limit=MAX_PAGE + 1
    )
    shown = tuple(PlanLineView.model_validate(line) for line in found[:MAX_PAGE])
    return SharedPlanView(items=shown, more=len(found) > MAX_PAGE)


@router.get("/teams/{team_id}/huddle")
async def get_huddle(team_id: UUID, claims: CareTeam, parts: Parts, refer: Refer) -> HuddleView:
    """What the team should talk about today: new, due or late, waiting, or gone otherwise than planned."""
    found = await list_referral_huddle(
        team_id, by=actor(claims), works=refer.works, clock=parts.clock, limit=MAX_PAGE + 1
    )
    shown = tuple(ReferralLineView.of(line) for line in found[:MAX_PAGE])
    return HuddleView(items=shown, more=len(found) > MAX_PAGE)


@router.get("/programmes/{programme_id}/clinical-backup")
async def get_clinical_backup(programme_id: UUID, claims: Staff, refer: Refer) -> BackupView:
    """Who is called in when a peer meets a crisis; 404 where nobody is named yet."""
    return BackupView.model_validate(await read_referral_backup(programme_id, by=actor(claims), works=refer.works))


@router.put("/programmes/{programme_id}/clinical-backup")
async def put_clinical_backup(
    programme_id: UUID,
    body: BackupRequest,
    claims: Supervising,
    parts: Parts,
    refer: Refer,
    request: Request,
    key: IdempotencyKey,
) -> Response:
    """Name who is called in when a peer meets a crisis: 200."""
    by = actor(claims)

    def render(backup: object) -> Rendered:
        return Rendered(status=200, body=BackupView.model_validate(backup).model_dump_json())

    named = await name_referral_backup(
        programme_id,
        team_id=body.team_id,
        worker_id=body.worker_id,
        by=by,
        works=refer.works,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render),
    )
    return respond(render(named))
