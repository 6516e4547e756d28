"""What others are told of a referral: ids and codes only."""

from services.referrals.domain.referral import Referral, ReferralStep
from shared.contracts.events import ReferralData


def referral_fact(referral: Referral, step: ReferralStep) -> ReferralData:
    """The referral at the version that this step has made."""
    return ReferralData(
        tenant_id=referral.tenant_id,
        version=step.version,
        occurred_at=step.occurred_at,
        recorded_at=step.recorded_at,
        referral_id=referral.id,
        status=step.status.value,
        owner_worker_id=referral.owner_worker_id,
        requester_worker_id=referral.requester.worker_id,
        by_worker_id=step.by_worker_id,
        command=step.command,
        business_status=step.business_status.value,
    )
