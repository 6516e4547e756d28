"""How it goes: handing over, follow-up, and whose clocks run out soon."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.referrals.api.dependencies import Parts, actor
from services.referrals.api.fields import Day
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.number_dependencies import Answering, Counting, Which
from services.referrals.api.number_schemas import AtRiskList, AtRiskView, FollowUpNumbersView, HandoffNumbersView
from services.referrals.use_cases.count_follow_up import count_follow_up
from services.referrals.use_cases.count_handoffs import count_handoffs
from services.referrals.use_cases.find_at_risk import find_at_risk
from services.referrals.use_cases.handoff_ports import HandoffFilter
from services.referrals.use_cases.list_handoffs import list_handoffs

router = APIRouter()

_A_MONTH, _A_YEAR = 30, 365
_LONGEST_LIST = 200


@router.get("/numbers/handoffs")
async def get_handoff_numbers(claims: Answering, parts: Parts, counting: Counting, which: Which) -> HandoffNumbersView:
    """Time to accept, contact in time, silence, custody gaps and closed loops, of those who left in the last month or in a period."""
    asked = which.period(parts, days=_A_MONTH)
    numbers = await count_handoffs(
        asked,
        programme_id=which.programme_id,
        by=actor(claims),
        discharges=counting.discharges,
        protocols=counting.protocols,
    )
    return HandoffNumbersView.of(numbers, asked=asked, programme_id=which.programme_id)


@router.get("/numbers/follow-up")
async def get_follow_up_numbers(
    claims: Answering, parts: Parts, counting: Counting, which: Which
) -> FollowUpNumbersView:
    """7- and 30-day follow-up by measure, of those who left in the last year or in a period."""
    asked = which.period(parts, days=_A_YEAR)
    numbers = await count_follow_up(
        asked,
        programme_id=which.programme_id,
        by=actor(claims),
        discharges=counting.discharges,
        measures=counting.measures,
    )
    return FollowUpNumbersView.of(numbers, asked=asked, programme_id=which.programme_id)


@router.get("/follow-up/at-risk")
async def get_at_risk(
    claims: Answering,
    parts: Parts,
    counting: Counting,
    walk: Walk,
    programme_id: Annotated[UUID | None, Query()] = None,
    by: Annotated[Day | None, Query()] = None,
) -> AtRiskList:
    """Clocks that run out by a day (that day included; without it, the coming Friday) and that nothing has met."""
    reader = actor(claims)
    found = await find_at_risk(
        until=by,
        programme_id=programme_id,
        by=reader,
        discharges=counting.discharges,
        measures=counting.measures,
        clock=parts.clock,
    )
    shown = found[:_LONGEST_LIST]
    these = HandoffFilter(by=reader, ids=frozenset(line.handoff_id for line in shown))
    handoffs = await list_handoffs(these, after=None, limit=_LONGEST_LIST, by=reader, works=walk.works)
    known = {one.id: one for one in handoffs}
    items = tuple(AtRiskView.of(line, handoff=known[line.handoff_id]) for line in shown if line.handoff_id in known)
    return AtRiskList(as_of=parts.clock.now(), items=items, left_off=len(found) - len(shown))
