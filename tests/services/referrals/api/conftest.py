"""The fixture of handoffs, for these tests."""

from tests.services.referrals.handoff_world import world

__all__ = ["world"]
