"""Take the same need to somebody else: a new referral that is linked to the old one."""

from dataclasses import replace
from uuid import UUID

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_beginning import Origin, draft
from services.referrals.domain.referral_commands import rerouted
from services.referrals.domain.referral_words import LinkKind
from services.referrals.use_cases.address_referral import Referring, address_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import announce, check_version, moment
from services.referrals.use_cases.request_referral import wish_of
from shared.identifiers import new_id


async def reroute_referral(
    referral_id: UUID,
    *,
    recipient_worker_id: UUID | None,
    recipient_team_id: UUID | None,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    tools: Referring,
    once: Once,
) -> Referral:
    """The new referral, requested of the new recipient; the old one is withdrawn, or stays ended as it was.

    Raises NotFound, IllegalMove, NotYours, Stale, and what addressing raises; then nothing has changed.
    """
    at: Moment = moment(asked, clock=tools.clock)
    async with works.begin(asked.by.tenant_id, once=once) as work:
        standing = await work.referrals.standing(referral_id, by=asked.by)
    rerouted(standing, at=at)
    old = standing.referral
    wish = wish_of(old, recipient_worker_id=recipient_worker_id, recipient_team_id=recipient_team_id)
    around = await tools.desk.surroundings(wish, by=asked.by, once=None)
    if old.part_of is not None:
        chain = await tools.desk.chain(old.part_of, by=asked.by)
        around = replace(around, chain=chain - {asked.by.acting_worker()})
    new = draft(
        wish,
        referral_id=new_id(),
        tenant_id=asked.by.tenant_id,
        around=around,
        origin=Origin(follows=old, because=LinkKind.REROUTED),
        at=at,
    )
    new, steps = await address_referral(new, wish, around=around, by=asked.by, tools=tools, once=once, at=at)
    async with works.begin(asked.by.tenant_id, once=once) as work:
        standing = await work.referrals.standing(referral_id, by=asked.by, lock=True)
        withdrawn, step = rerouted(standing, at=at)
        await check_version(work, standing.referral, asked=asked)
        await work.referrals.change(standing.referral, withdrawn, step)
        announce(work, withdrawn, step)
        work.referrals.add(new, *steps)
        for one in steps:
            announce(work, new, one)
        work.answer(new)
    return new
