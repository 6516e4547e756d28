"""Is there room in a programme? Nobody is named to ask, and nobody is named in the answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.capacity import CapacityStatus, capacity
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.match_peers import endorsements_of
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Capacity:
    """The answer, and when it was true."""

    programme_id: UUID
    status: CapacityStatus
    as_of: datetime


async def ask_capacity(
    programme_id: UUID, *, by: Actor, works: WorkSource[MatchingWork], protocols: ProtocolShelf, clock: Clock
) -> Capacity:
    """One of Gravity's four values. Raises NotFound for an unknown programme."""
    now = clock.now()
    async with works.begin(by.tenant_id) as work:
        around = await work.matching.peers_around(
            programme_id=programme_id, person_id=None, sender_worker_id=None, on=now
        )
    status = capacity(
        around.candidates,
        endorsements=endorsements_of(around, protocols=protocols, clock=clock),
        waitlist=around.waitlist,
        assessment_first=around.assessment_first,
    )
    return Capacity(programme_id=programme_id, status=status, as_of=now)
