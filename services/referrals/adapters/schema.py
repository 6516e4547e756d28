"""Every table of the service, gathered: importing this module completes `metadata`."""

from services.referrals.adapters import handoff_tables, referral_tables, task_tables
from services.referrals.adapters.tables import metadata

__all__ = ["handoff_tables", "metadata", "referral_tables", "task_tables"]
