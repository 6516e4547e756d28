"""Run by Alembic; see shared.migrations."""

from services.referrals.adapters.schema import metadata
from shared.migrations import run

run(metadata)
