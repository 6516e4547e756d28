"""What the loaded policy knows: its activities, and who may do one of them."""

from fastapi import APIRouter, Depends

from services.scope_guard.api.dependencies import Guard
from services.scope_guard.api.schemas import ActivityList, ActivityView, WhoMayAnswer, WhoMayRequest
from shared.contracts.codes import Service
from shared.tokens import PEOPLE, allow_any

router = APIRouter()

_ANYBODY_SIGNED_IN = Depends(allow_any(roles=PEOPLE, systems=tuple(Service)))


@router.get("/activities", dependencies=[_ANYBODY_SIGNED_IN])
async def get_activities(guard: Guard) -> ActivityList:
    """The catalogue of activities."""
    return ActivityList(
        policy_version=guard.judge.policy_version,
        items=tuple(
            ActivityView(
                code=activity.code, group=activity.group, title=activity.title, description=activity.description
            )
            for activity in guard.judge.activities()
        ),
    )


@router.post("/who-may", dependencies=[_ANYBODY_SIGNED_IN])
async def post_who_may(body: WhoMayRequest, guard: Guard) -> WhoMayAnswer:
    """The roles that may do an activity in this place. An unknown activity is 422 at `/activity`."""
    roles = guard.judge.who_may(body.activity, body.facts, responsibility=body.responsibility)
    return WhoMayAnswer(
        activity=body.activity,
        policy_version=guard.judge.policy_version,
        roles=roles,
        in_team=tuple(role for role in roles if role in body.facts.team_roles),
    )
