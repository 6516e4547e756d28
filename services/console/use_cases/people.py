"""The people whom the visitor walks with."""

import asyncio
from dataclasses import dataclass

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ports import Referrals


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleView:
    """`first` have not been reached yet, longest waiting first; `walking` have; `more` were left out."""

    first: list[told.HandoffLine]
    walking: list[told.HandoffLine]
    more: bool


async def read_people(by: Session, *, referrals: Referrals) -> PeopleView:
    """Accepted, introduced and contacted handoffs of the visitor."""
    accepted, introduced, contacted = await asyncio.gather(
        *(referrals.handoffs(by, state=state, mine=True) for state in ("accepted", "introduced", "contacted"))
    )
    first = sorted([*accepted.items, *introduced.items], key=lambda line: (line.accepted_at is None, line.accepted_at))
    more = any(page.next_cursor for page in (accepted, introduced, contacted))
    return PeopleView(first=first, walking=list(contacted.items), more=more)
