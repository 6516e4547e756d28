"""Refer somebody: write it down as a draft, or ask a worker, a team or the clinical backup at once."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_address import ReferralWish
from services.referrals.domain.referral_beginning import Origin, draft, first_step
from services.referrals.domain.referral_facts import referral_fact
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.address_referral import Referring, address_referral
from services.referrals.use_cases.once import Once
from shared.contracts.events import EventType
from shared.identifiers import new_id

FIRST = Origin()
"""It comes from no other one."""


async def create_referral(
    wish: ReferralWish,
    *,
    as_draft: bool,
    by: Actor,
    tools: Referring,
    once: Once,
    occurred_at: datetime | None = None,
    origin: Origin = FIRST,
    chained_to: UUID | None = None,
) -> Referral:
    """The stored referral, in two round trips to the database. `duplicate_of` warns of an open one; it blocks nothing.

    `chained_to` is the referral that it is passed on from. Raises WorkerRequired, NotFound, InvalidField, NotPermitted.
    """
    requester = by.acting_worker()
    happened = not_in_the_future(occurred_at, clock=tools.clock)
    around = await tools.desk.surroundings(wish, by=by, once=once)
    if chained_to is not None:
        chain = await tools.desk.chain(chained_to, by=by)
        around = replace(around, chain=chain - {requester})
    at = Moment(occurred_at=happened, recorded_at=tools.clock.now())
    referral = draft(wish, referral_id=new_id(), tenant_id=by.tenant_id, around=around, origin=origin, at=at)
    if as_draft:
        steps: tuple[ReferralStep, ...] = (first_step(referral, by=requester, at=at),)
    else:
        referral, steps = await address_referral(referral, wish, around=around, by=by, tools=tools, once=once, at=at)
    async with tools.desk.adding(by.tenant_id, once=once) as work:
        work.referrals.add(referral, *steps)
        for step in steps:
            work.announce(EventType.REFERRAL_STATUS_CHANGED, subject=referral.id, data=referral_fact(referral, step))
        work.answer(referral)
    return referral
