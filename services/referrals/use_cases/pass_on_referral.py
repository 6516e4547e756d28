"""Pass a referral on as an intermediary: a child of one's own referral, to somebody who has not had it yet."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import IllegalMove, NotFound, NotYours
from services.referrals.domain.referral import Referral
from services.referrals.domain.referral_address import ReferralWish
from services.referrals.domain.referral_beginning import Origin
from services.referrals.domain.referral_parties import parties_of
from services.referrals.domain.referral_states import WORKING, ReferralParty
from services.referrals.use_cases.address_referral import Referring
from services.referrals.use_cases.create_referral import create_referral
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralWork

_MAY = frozenset({ReferralParty.RECIPIENT, ReferralParty.LEAD})


async def pass_on_referral(
    parent_id: UUID,
    wish: ReferralWish,
    *,
    parent_follows: bool,
    by: Actor,
    works: WorkSource[ReferralWork],
    tools: Referring,
    once: Once,
    occurred_at: datetime | None = None,
) -> Referral:
    """The child. The parent stays with the intermediary; it follows its children only where `parent_follows` asks for it.

    It is about the parent's person: whoever asked first reads it too, and must not be told of somebody else by a slip.
    Whoever is not told who that is gets the same answer as for anybody else, so that nobody can find out by trying.

    Raises NotFound, IllegalMove for a parent that nobody works on, NotYours, and what creating raises: a circle included.
    """
    async with works.begin(by.tenant_id, once=once) as work:
        standing = await work.referrals.standing(parent_id, by=by)
        told = await work.referrals.told_whom(parent_id, by=by)
    parent = standing.referral
    if parent.status not in WORKING:
        raise IllegalMove(kind="referral", state=parent.status.value, command="pass-on")
    if not _MAY & parties_of(parent, standing.viewer):
        raise NotYours(command="pass-on", belongs_to=tuple(sorted(party.value for party in _MAY)))
    if not told:
        raise NotFound("person", pointer="/person_id")
    return await create_referral(
        wish,
        as_draft=False,
        by=by,
        tools=tools,
        once=once,
        occurred_at=occurred_at,
        origin=Origin(parent=parent, parent_follows=parent_follows),
        chained_to=parent.id,
    )
