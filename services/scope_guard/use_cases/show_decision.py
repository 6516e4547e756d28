"""Read one stored decision again."""

from uuid import UUID

from services.scope_guard.domain.decision_log import UnknownDecision, answer
from services.scope_guard.use_cases.ports import DecisionLog
from shared.contracts.scope import Decision


async def show_decision(decision_id: UUID, *, tenant_id: UUID, log: DecisionLog) -> Decision:
    """The decision as it was given. Raises UnknownDecision, also for another tenant's."""
    kept = await log.by_id(decision_id, tenant_id=tenant_id)
    if kept is None:
        raise UnknownDecision
    return answer(kept)
