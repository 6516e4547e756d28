"""List handoffs, newest first."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.use_cases.handoff_ports import HandoffFilter, HandoffLine, HandoffWork
from services.referrals.use_cases.ports import WorkSource


async def list_handoffs(
    wanted: HandoffFilter, *, after: UUID | None, limit: int, by: Actor, works: WorkSource[HandoffWork]
) -> Sequence[HandoffLine]:
    """Up to `limit` handoffs; a peer sees those that lie with him, whatever the filter says."""
    if not by.sees_whole_tenant:
        wanted = replace(wanted, worker_id=by.acting_worker())
    async with works.begin(by.tenant_id) as work:
        return await work.handoffs.handoff_page(wanted, after=after, limit=limit)
