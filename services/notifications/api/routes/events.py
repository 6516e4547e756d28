"""`POST /internal/events`: what other services tell us."""

from fastapi import Request

from shared.contracts.codes import Service
from shared.inbox import events_router
from shared.task_queue import Bell

PROCESS_INBOX = "notifications.process_inbox"


def _ring(request: Request) -> None:
    bell: Bell = request.app.state.bell
    bell.ring(PROCESS_INBOX)


router = events_router(producers=(Service.REFERRALS, Service.SCOPE_GUARD), ring=_ring)
