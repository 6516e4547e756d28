"""Answer a binding question once, for ever: the same request id always gets the same stored decision."""

from services.scope_guard.domain.decision_log import (
    EARLIEST_OCCURRENCE,
    OccurrenceOutOfRange,
    RequestIdReused,
    answer,
    asks_the_same,
    boundary_event,
    enter,
)
from services.scope_guard.use_cases.ports import DecisionLog, Doorbell, Judge
from services.scope_guard.use_cases.preview import judged
from shared.clock import Clock, in_the_future
from shared.contracts.scope import DecideMode, DecideRequest, Decision
from shared.identifiers import new_id


async def decide(
    request: DecideRequest, *, judge: Judge, log: DecisionLog, clock: Clock, digest_key: bytes, doorbell: Doorbell
) -> Decision:
    """Judge, store, answer. A request in preview mode stores nothing.

    Raises RequestIdReused where the id already belongs to another question, OccurrenceOutOfRange for a time that can't be.
    """
    occurred_at = request.occurred_at
    if occurred_at is not None and (occurred_at < EARLIEST_OCCURRENCE or in_the_future(occurred_at, clock=clock)):
        raise OccurrenceOutOfRange
    decision = judged(request, judge=judge, clock=clock)
    if request.mode is DecideMode.PREVIEW:
        return decision
    kept = enter(request, decision, key=digest_key)
    boundary = boundary_event(kept.row, boundary_event_id=new_id())
    if await log.append(kept, boundary=boundary):
        if boundary is not None:
            doorbell.ring()
        return decision
    earlier = await log.by_request(request.request_id, tenant_id=request.tenant_id)
    if earlier is None or not asks_the_same(earlier.row, request, key=digest_key):
        raise RequestIdReused
    return answer(earlier)
