"""List transitions, newest first."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.use_cases.handoff_ports import HandoffWork, TransitionFilter, TransitionLine
from services.referrals.use_cases.ports import WorkSource


async def list_transitions(
    wanted: TransitionFilter, *, after: UUID | None, limit: int, by: Actor, works: WorkSource[HandoffWork]
) -> Sequence[TransitionLine]:
    """Up to `limit` transitions; a peer sees those he is accountable for, whatever the filter says."""
    if not by.sees_whole_tenant:
        wanted = replace(wanted, owner_worker_id=by.acting_worker())
    async with works.begin(by.tenant_id) as work:
        return await work.handoffs.transition_page(wanted, after=after, limit=limit)
