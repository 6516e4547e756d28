"""Run by Alembic; see shared.migrations."""

from services.notifications.adapters.tables import metadata
from shared.migrations import run

run(metadata)
