"""Run by Alembic; see shared.migrations."""

from services.scope_guard.adapters.tables import metadata
from shared.migrations import run

run(metadata)
