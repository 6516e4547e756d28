"""Refer somebody: write it down as a draft, or ask a worker, a team or the clinical backup at once."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import CLINICAL, SUPERVISING, Actor
from services.referrals.domain.errors import NotFound, NotYours
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.person import Person
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_address import ReferralSurroundings, ReferralWish
from services.referrals.domain.referral_beginning import Origin, draft, first_step
from services.referrals.domain.referral_facts import referral_fact
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.address_referral import Referring, address_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.register_person import NewPerson, person_of
from shared.clock import Clock
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
    newcomer: NewPerson | None = None,
    origin: Origin = FIRST,
    chained_to: UUID | None = None,
) -> Referral:
    """The stored referral, in two round trips to the database. `duplicate_of` warns of an open one; it blocks nothing.

    `newcomer` is written down in the same commit, under the wish's `person_id`, by those who may take people in.
    `chained_to` is the referral that it is passed on from. Raises WorkerRequired, NotFound, InvalidField, NotPermitted, NotYours.
    """
    requester = by.acting_worker()
    happened = not_in_the_future(occurred_at, clock=tools.clock)
    parent = origin.parent
    around = await tools.desk.surroundings(wish, by=by, once=once, passed_on=parent is not None)
    # only now is it known which record the named one goes by: the parent's may have been joined since the page was opened
    if parent is not None and around.person_id != parent.person_id:
        raise NotFound("person", pointer="/person_id")
    if chained_to is not None:
        chain = await tools.desk.chain(chained_to, by=by)
        around = replace(around, chain=chain - {requester})
    somebody = None
    if newcomer is not None:
        somebody = _taken_in(newcomer, person_id=wish.person_id, by=by, around=around, clock=tools.clock)
        around = replace(around, person_known=True)
    at = Moment(occurred_at=happened, recorded_at=tools.clock.now())
    referral = draft(wish, referral_id=new_id(), tenant_id=by.tenant_id, around=around, origin=origin, at=at)
    if as_draft:
        steps: tuple[ReferralStep, ...] = (first_step(referral, by=requester, at=at),)
    else:
        referral, steps = await address_referral(referral, wish, around=around, by=by, tools=tools, once=once, at=at)
    async with tools.desk.adding(by.tenant_id, once=once) as work:
        work.referrals.add(referral, *steps, newcomer=somebody)
        for step in steps:
            work.announce(EventType.REFERRAL_STATUS_CHANGED, subject=referral.id, data=referral_fact(referral, step))
        work.answer(referral)
    return referral


def _taken_in(newcomer: NewPerson, *, person_id: UUID, by: Actor, around: ReferralSurroundings, clock: Clock) -> Person:
    if by.access_role not in CLINICAL | SUPERVISING:
        raise NotYours(command="take somebody in", belongs_to=("clinical staff", "supervisor"))
    home = None if around.requester is None else around.requester.organization_id
    return person_of(newcomer, person_id=person_id, tenant_id=by.tenant_id, home=home, now=clock.now())
