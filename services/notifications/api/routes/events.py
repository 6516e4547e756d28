"""`POST /internal/events`: what other services tell us."""

from fastapi import Request

from services.notifications.domain import facts
from services.notifications.use_cases import follow_worker
from shared.contracts.codes import Service
from shared.event_intake import events_router
from shared.task_queue import Bell

PROCESS_INBOX = "notifications.process_inbox"


def _ring(request: Request) -> None:
    bell: Bell = request.app.state.bell
    bell.ring(PROCESS_INBOX)


NEEDED = facts.FOLLOWED | follow_worker.FOLLOWED
"""Whatever else is told is kept as ignored: nobody here needs it."""

router = events_router(producers=(Service.REFERRALS, Service.SCOPE_GUARD), ring=_ring, needed=NEEDED)
