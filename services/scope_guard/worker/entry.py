"""For `celery -A services.scope_guard.worker.entry worker -Q scope_guard`."""

from services.scope_guard.main import create_worker
from services.scope_guard.settings import ScopeGuardSettings

celery = create_worker(ScopeGuardSettings())
