"""The fixtures of handoffs and referrals, for these tests."""

from tests.services.referrals.clinic_world import clinic_world
from tests.services.referrals.consent_world import consent_world
from tests.services.referrals.handoff_world import world
from tests.services.referrals.referral_world import referral_world

__all__ = ["clinic_world", "consent_world", "referral_world", "world"]
