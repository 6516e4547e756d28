"""Discharges coming, and handoffs under way: who holds each person, what is missing, by when."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ports import Referrals

READ_AT_ONCE = 75
"""Of each kind. More than anybody reads on one page, and few enough to be drawn in a blink."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coming:
    """A discharge that is planned. `line` is its handoff in preparation."""

    transition: told.Transition
    line: told.HandoffLine

    def missing(self) -> list[str]:
        """What a good start still needs, as codes."""
        return [] if self.line.introduced_at is not None else ["introduction"]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnderWay:
    """A discharge that has happened, while the sender still holds the person or has passed custody on."""

    transition: told.Transition
    line: told.HandoffLine

    def late(self, *, now: datetime) -> bool:
        """Whether an answer is overdue."""
        return self.line.state == "offered" and self.line.respond_by is not None and self.line.respond_by < now


async def read_coming(by: Session, *, mine: bool, referrals: Referrals) -> tuple[list[Coming], bool]:
    """Planned discharges, soonest first, and whether there are more than are shown."""
    owner = by.worker_id if mine else None
    planned, preparing = await asyncio.gather(
        referrals.transitions(by, status="planned", owner=owner, limit=READ_AT_ONCE),
        referrals.handoffs(by, state="preparing", limit=READ_AT_ONCE),
    )
    lines = {line.transition_id: line for line in preparing.items}
    found = [Coming(transition=one, line=lines[one.id]) for one in planned.items if one.id in lines]
    found.sort(key=lambda one: one.transition.expected_at or one.transition.owner_since)
    return found, any(page.next_cursor for page in (planned, preparing))


async def read_under_way(by: Session, *, mine: bool, referrals: Referrals) -> tuple[list[UnderWay], bool]:
    """Handoffs after discharge that are not over; those whose answer has been waited for longest come first."""
    owner = by.worker_id if mine else None
    discharged, (offered, accepted, introduced) = await asyncio.gather(
        referrals.transitions(by, status="discharged", owner=owner, limit=READ_AT_ONCE),
        asyncio.gather(
            *(
                referrals.handoffs(by, state=state, limit=READ_AT_ONCE)
                for state in ("offered", "accepted", "introduced")
            )
        ),
    )
    by_transition: dict[UUID, told.Transition] = {one.id: one for one in discharged.items}
    lines = [*offered.items, *accepted.items, *introduced.items]
    found = [
        UnderWay(transition=by_transition[line.transition_id], line=line)
        for line in lines
        if line.transition_id in by_transition
    ]
    found.sort(
        key=lambda one: (one.line.state != "offered", one.transition.discharged_at or one.transition.owner_since)
    )
    return found, any(page.next_cursor for page in (discharged, offered, accepted, introduced))
