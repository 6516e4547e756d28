"""Who could be asked and why, whether there is room, and what peers and people say that matters for it."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.referrals.api.dependencies import Administrators, Intake, Parts, Staff, actor, once, rendering, respond
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.matching_dependencies import Peers, Rules
from services.referrals.api.matching_schemas import (
    CapacityTermsRequest,
    CapacityTermsView,
    CapacityView,
    CeilingsView,
    LivedExperienceRequest,
    LivedExperienceView,
    MatchesView,
    PersonWishRequest,
    PersonWishView,
    WishRequest,
    choices_of,
)
from services.referrals.use_cases.ask_capacity import ask_capacity
from services.referrals.use_cases.match_peers import Wish, match_for_handoff, match_for_wish
from services.referrals.use_cases.matching_ports import LivedExperience
from services.referrals.use_cases.read_ceilings import read_ceilings
from services.referrals.use_cases.record_wish import read_wish, record_wish
from services.referrals.use_cases.set_capacity_terms import NewTerms, set_capacity_terms
from services.referrals.use_cases.share_lived_experience import read_own_lived_experience, share_lived_experience
from shared.idempotency import IdempotencyKey

router = APIRouter()


@router.get("/handoffs/{handoff_id}/candidates")
async def get_candidates(handoff_id: UUID, claims: Intake, parts: Parts, walk: Walk) -> MatchesView:
    """Who would be asked next, best first, with reasons anybody may read; and who would not."""
    return MatchesView.of(await match_for_handoff(handoff_id, by=actor(claims), works=walk.works, clock=parts.clock))


@router.post("/programmes/{programme_id}/matches")
async def post_matches(programme_id: UUID, body: WishRequest, claims: Intake, parts: Parts, walk: Walk) -> MatchesView:
    """The same before there is a handoff: 200. Nothing is kept."""
    found = await match_for_wish(
        programme_id,
        Wish(**dict(body)),
        by=actor(claims),
        works=parts.works,
        protocols=walk.protocols,
        clock=parts.clock,
    )
    return MatchesView.of(found)


@router.get("/programmes/{programme_id}/capacity")
async def get_capacity(programme_id: UUID, claims: Staff, parts: Parts, walk: Walk) -> CapacityView:
    """Is there room? Nobody is named, neither to ask nor in the answer."""
    found = await ask_capacity(
        programme_id, by=actor(claims), works=parts.works, protocols=walk.protocols, clock=parts.clock
    )
    return CapacityView.model_validate(found)


@router.post("/programmes/{programme_id}/capacity-terms")
async def post_capacity_terms(
    programme_id: UUID,
    body: CapacityTermsRequest,
    claims: Administrators,
    parts: Parts,
    request: Request,
    key: IdempotencyKey,
) -> Response:
    """From which day on how much room there is: 201."""
    by, render = actor(claims), rendering(CapacityTermsView.model_validate, status=201)
    same = once(request, by, key=key, body=body, render=render)
    new = NewTerms(**dict(body))
    made = await set_capacity_terms(programme_id, new, by=by, works=parts.works, clock=parts.clock, once=same)
    return respond(render(made))


@router.get("/programmes/{programme_id}/ceilings")
async def get_ceilings(programme_id: UUID, claims: Staff, parts: Parts, rules: Rules) -> CeilingsView:
    """Which ceilings hold today, and where they were read."""
    found = await read_ceilings(
        programme_id, by=actor(claims), works=parts.works, shelf=rules.ceilings, clock=parts.clock
    )
    return CeilingsView.of(found)


@router.get("/workers/me/lived-experience")
async def get_lived_experience(claims: Peers, parts: Parts, rules: Rules) -> LivedExperienceView:
    """What the caller said of their own life. Nobody else can ask."""
    said = await read_own_lived_experience(by=actor(claims), works=parts.works)
    return LivedExperienceView.of(said, choices=rules.lived_experience)


@router.put("/workers/me/lived-experience")
async def put_lived_experience(
    body: LivedExperienceRequest, claims: Peers, parts: Parts, rules: Rules
) -> LivedExperienceView:
    """All of it, in the place of what was there: 200. Used for matching only if the peer says so."""
    kept = await share_lived_experience(
        LivedExperience(**dict(body)),
        by=actor(claims),
        works=parts.works,
        known=rules.lived_experience,
        clock=parts.clock,
    )
    return LivedExperienceView.of(kept, choices=rules.lived_experience)


@router.get("/people/{person_id}/wish")
async def get_wish(person_id: UUID, claims: Intake, parts: Parts, rules: Rules) -> PersonWishView:
    """What the person asked for in somebody who walks along."""
    codes = await read_wish(person_id, by=actor(claims), works=parts.works)
    return PersonWishView(person_id=person_id, codes=codes, choices=choices_of(rules.lived_experience))


@router.put("/people/{person_id}/wish")
async def put_wish(
    person_id: UUID, body: PersonWishRequest, claims: Intake, parts: Parts, rules: Rules
) -> PersonWishView:
    """In the place of what was asked for before: 200."""
    codes = await record_wish(
        person_id, body.codes, by=actor(claims), works=parts.works, known=rules.lived_experience, clock=parts.clock
    )
    return PersonWishView(person_id=person_id, codes=codes, choices=choices_of(rules.lived_experience))
