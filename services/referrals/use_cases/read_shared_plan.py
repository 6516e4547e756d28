"""The shared plan that goes with a referral, for the team that has its person together."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.referral_models import ModelShelf
from services.referrals.domain.referral_policies import ChartSharing
from services.referrals.domain.shared_plan import PlanLine
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralWork


async def read_shared_plan(
    referral_id: UUID, *, by: Actor, works: WorkSource[ReferralWork], models: ModelShelf, limit: int
) -> Sequence[PlanLine]:
    """Up to `limit` open things, the soonest due first (integration models: source document 004, section 6.2).

    Raises NotFound where the model shares none, and for everybody but the team: being party to a referral from
    elsewhere, or being told by consent what it is about, is no seat at the team's table.
    """
    async with works.begin(by.tenant_id) as work:
        reading = await work.referrals.reading(referral_id, by=by)
        referral = reading.standing.referral
        shares = models.choose(referral.model).chart_sharing is ChartSharing.SHARED_PLAN
        if not shares or reading.person is None or reading.basis is not None:
            raise NotFound("shared plan")
        return await work.referrals.plan_of(referral, by=by, limit=limit)
