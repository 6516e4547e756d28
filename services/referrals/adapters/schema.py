"""Every table of the service, gathered: importing this module completes `metadata`."""

from services.referrals.adapters import task_tables
from services.referrals.adapters.tables import metadata

__all__ = ["metadata", "task_tables"]
