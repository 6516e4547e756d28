"""The fixtures of handoffs and referrals, for these tests."""

from tests.services.referrals.handoff_world import world
from tests.services.referrals.referral_world import referral_world

__all__ = ["referral_world", "world"]
