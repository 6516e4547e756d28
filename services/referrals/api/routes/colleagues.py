"""Who of a team may do something."""

from uuid import UUID

from fastapi import APIRouter

from services.referrals.api.colleague_schemas import ColleaguesRequest, ColleaguesView
from services.referrals.api.dependencies import CareTeam, Parts, actor
from services.referrals.domain.verdicts import Unanswered
from services.referrals.use_cases.find_colleagues import find_colleagues
from shared.problems import Problem

router = APIRouter()


@router.post("/teams/{team_id}/colleagues")
async def post_colleagues(team_id: UUID, body: ColleaguesRequest, claims: CareTeam, parts: Parts) -> ColleaguesView:
    """The team's active members with the guard's word, the freest first; changes nothing.

    POST, so that the words of a task never stand in an address. 503 `scope_guard_silent` when the guard does not answer.
    """
    found = await find_colleagues(
        body.search(team_id), by=actor(claims), works=parts.works, guard=parts.guard, clock=parts.clock
    )
    if isinstance(found, Unanswered):
        raise Problem(503, "scope_guard_silent", "Nobody can say just now who may do this; please ask again soon")
    return ColleaguesView.of(found)
