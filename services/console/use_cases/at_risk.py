"""Who will miss a follow-up by Friday: a list that leads to the next step."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_numbers import AtRisk, AtRiskList
from services.console.use_cases.ports import Neighbours
from shared.contracts.codes import PracticeRole


class Custody(StrEnum):
    """What is known here of who has a handoff."""

    SOMEBODY = "somebody"
    NOBODY = "nobody"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, kw_only=True, slots=True)
class AtRiskPage:
    """`called` and `with_worker` speak of those handoffs among the newest that the visitor may know of, `looked_up`."""

    found: AtRiskList
    looked_up: Collection[UUID]
    called: Mapping[UUID, str]
    with_worker: Mapping[UUID, UUID]

    def with_whom(self, line: AtRisk) -> Custody:
        """Whether somebody has it. Nobody is only said of what was looked at."""
        if line.handoff_id in self.with_worker:
            return Custody.SOMEBODY
        return Custody.NOBODY if line.handoff_id in self.looked_up else Custody.NOT_KNOWN

    def peer_counts(self, line: AtRisk) -> bool:
        """Whether a contact by a peer would do."""
        return PracticeRole.PEER_SUPPORT_SPECIALIST in line.roles


async def read_at_risk(
    by: Session, *, programme_id: UUID | None, until: date | None, neighbours: Neighbours
) -> AtRiskPage:
    """Without a day of its own: up to the coming Friday."""
    found, newest = await asyncio.gather(
        neighbours.numbers.at_risk(by, programme_id=programme_id, until=until),
        neighbours.referrals.handoffs(by, limit=200),
    )
    lines = {line.id: line for line in newest.items}
    return AtRiskPage(
        found=found,
        looked_up=frozenset(lines),
        called={one: line.called for one, line in lines.items() if line.called},
        with_worker={one: line.worker_id for one, line in lines.items() if line.worker_id},
    )
