"""People: shown only to those who may know of them."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.dependencies import CareTeam, Intake, Parts, actor, once, rendering, respond
from services.referrals.api.directory_schemas import PersonChangeRequest, PersonRequest, PersonView
from services.referrals.api.pages import PAGE, Cursor, Limit, page, place
from services.referrals.api.referral_dependencies import Refer
from services.referrals.domain.person import Person
from services.referrals.domain.redisclosure import Basis
from services.referrals.use_cases.browse_directory import list_people, show_person
from services.referrals.use_cases.change_person import PersonChange, change_person
from services.referrals.use_cases.note_people_told import note_people_told
from services.referrals.use_cases.register_person import NewPerson, register_person
from shared.contracts.paging import Page
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.post("/people")
async def post_person(
    body: PersonRequest, claims: Intake, parts: Parts, request: Request, key: IdempotencyKey
) -> Response:
    """Add somebody: 201."""
    by = actor(claims)
    render = rendering(PersonView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    made = await register_person(NewPerson(**dict(body)), by=by, works=parts.works, clock=parts.clock, once=same)
    return respond(render(made))


@router.patch("/people/{person_id}")
async def patch_person(
    person_id: UUID,
    body: PersonChangeRequest,
    claims: Intake,
    parts: Parts,
    request: Request,
    version: IfMatch,
    key: IdempotencyKey,
) -> Response:
    """Change what is known of somebody: 200."""
    by = actor(claims)
    render = rendering(PersonView.model_validate, status=200)
    same = once(request, by, key=key, body=body, render=render, version=version)
    changed = await change_person(
        person_id, PersonChange(**dict(body)), by=by, version=version, works=parts.works, once=same
    )
    return respond(render(changed))


@router.get("/people")
async def get_people(
    claims: CareTeam, parts: Parts, refer: Refer, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[PersonView]:
    """The people whom the caller may know of; for a peer, those they are party to."""
    by = actor(claims)
    at = place(parts, by, name="people", cursor=cursor, limit=limit)
    found = await list_people(by=by, works=parts.works, after=at.after, limit=at.reading)
    told = await note_people_told([person.id for person in found[: at.limit]], by=by, works=refer.works)
    return page(found, at=at, parts=parts, view=lambda person: _view(person, told))


@router.get("/people/{person_id}")
async def get_person(person_id: UUID, claims: CareTeam, parts: Parts, refer: Refer) -> Response:
    """Somebody whom the caller may know of."""
    by = actor(claims)
    found = await show_person(person_id, by=by, works=parts.works)
    told = await note_people_told([person_id], by=by, works=refer.works)
    return respond(rendering(lambda person: _view(person, told), status=200)(found))


def _view(person: Person, told: Mapping[UUID, Basis]) -> PersonView:
    """With the notice that goes along where the caller is told by consent."""
    view = PersonView.model_validate(person)
    return view.model_copy(update={"redisclosure_notice": NoticeView.of(told.get(person.id))})
