"""Every table of the service, gathered: importing this module completes `metadata`."""

from services.referrals.adapters import (
    consent_tables,
    directory_tables,
    episode_tables,
    handoff_tables,
    matching_tables,
    referral_tables,
    roster_tables,
    sheet_tables,
    task_tables,
)
from services.referrals.adapters.tables import metadata

__all__ = [
    "consent_tables",
    "directory_tables",
    "episode_tables",
    "handoff_tables",
    "matching_tables",
    "metadata",
    "referral_tables",
    "roster_tables",
    "sheet_tables",
    "task_tables",
]
