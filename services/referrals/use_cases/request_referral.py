"""Ask somebody about a referral that was written down as a draft."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain.errors import Stale
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_address import ReferralWish
from services.referrals.domain.referral_standing import check_who
from services.referrals.domain.referral_states import ReferralCommand, referral_moves
from services.referrals.use_cases.address_referral import Referring, address_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import announce, moment


async def request_referral(
    referral_id: UUID,
    *,
    recipient_worker_id: UUID | None,
    recipient_team_id: UUID | None,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    tools: Referring,
    once: Once,
) -> Referral:
    """The requested referral. Raises NotFound, IllegalMove, NotYours, Stale, and what addressing raises."""
    at = moment(asked, clock=tools.clock)
    async with works.begin(asked.by.tenant_id, once=once) as work:
        standing = await work.referrals.standing(referral_id, by=asked.by)
    before = standing.referral
    moves = referral_moves(before.status, ReferralCommand.REQUEST)
    check_who(moves, standing=standing, command=ReferralCommand.REQUEST.value)
    if before.version != asked.version:
        raise Stale(current=before.version)
    wish = wish_of(before, recipient_worker_id=recipient_worker_id, recipient_team_id=recipient_team_id)
    around = await tools.desk.surroundings(wish, by=asked.by, once=None)
    if before.part_of is not None:
        chain = await tools.desk.chain(before.part_of, by=asked.by)
        around = replace(around, chain=chain - {asked.by.acting_worker()})
    next_version = replace(before, version=before.version + 1)
    after, steps = await address_referral(next_version, wish, around=around, by=asked.by, tools=tools, once=once, at=at)
    async with works.begin(asked.by.tenant_id, once=once) as work:
        await work.referrals.change(before, after, *steps)
        for step in steps:
            announce(work, after, step)
        work.answer(after)
    return after


def wish_of(referral: Referral, *, recipient_worker_id: UUID | None, recipient_team_id: UUID | None) -> ReferralWish:
    """What the referral asks for, of somebody (else)."""
    asks = referral.asks
    return ReferralWish(
        programme_id=referral.programme_id,
        person_id=referral.person_id,
        need=referral.need,
        kind=referral.kind,
        priority=referral.priority,
        reported_by=referral.reported_by,
        recipient_worker_id=recipient_worker_id,
        recipient_team_id=recipient_team_id,
        transition_id=referral.transition_id,
        activity=asks.activity,
        text=asks.text,
        responsibility=asks.responsibility,
        attested_conditions=asks.attested_conditions,
    )
