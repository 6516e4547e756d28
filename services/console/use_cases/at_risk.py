"""Who will miss a follow-up by Friday: a list that leads to the next step."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_numbers import AtRisk, AtRiskList
from services.console.use_cases.ports import Neighbours
from shared.contracts.codes import PracticeRole


@dataclass(frozen=True, kw_only=True, slots=True)
class AtRiskPage:
    """The worklist as referrals tells it to this visitor."""

    found: AtRiskList

    def peer_counts(self, line: AtRisk) -> bool:
        """Whether a contact by a peer would do."""
        return PracticeRole.PEER_SUPPORT_SPECIALIST in line.roles


async def read_at_risk(
    by: Session, *, programme_id: UUID | None, until: date | None, neighbours: Neighbours
) -> AtRiskPage:
    """Without a day of its own: up to the coming Friday."""
    return AtRiskPage(found=await neighbours.numbers.at_risk(by, programme_id=programme_id, until=until))
