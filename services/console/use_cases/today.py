"""What a supervisor looks at first: answers that are waited for, oldest first, and what went well."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ports import Referrals

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """`accepted` and `reached` are of the handoffs that left `offered` in the last seven days (`moved`)."""

    unanswered: list[told.HandoffLine]
    to_review: list[told.Task]
    undecided: list[told.Task]
    accepted: int
    reached: int
    as_of: datetime
    more: bool

    def late(self, line: told.HandoffLine) -> bool:
        """Whether the time to answer has passed."""
        return line.respond_by is not None and line.respond_by < self.as_of


async def read_today(by: Session, *, now: datetime, referrals: Referrals) -> Today:
    """All of it at once."""
    offered, proposed, (accepted, introduced, contacted) = await asyncio.gather(
        referrals.handoffs(by, state="offered", limit=200),
        referrals.tasks(by, status="proposed", limit=100),
        asyncio.gather(
            *(referrals.handoffs(by, state=state, limit=200) for state in ("accepted", "introduced", "contacted"))
        ),
    )
    unanswered = sorted(offered.items, key=lambda line: (line.attention is None, line.respond_by or now))
    lately = [
        line
        for line in (*accepted.items, *introduced.items, *contacted.items)
        if line.accepted_at is not None and line.accepted_at > now - _WEEK
    ]
    return Today(
        unanswered=unanswered,
        to_review=[task for task in proposed.items if task.scope == "decided"],
        undecided=[task for task in proposed.items if task.scope != "decided"],
        accepted=len(lately),
        reached=sum(line.contacted_at is not None for line in lately),
        as_of=now,
        more=any(
            (
                offered.next_cursor,
                proposed.next_cursor,
                accepted.next_cursor,
                introduced.next_cursor,
                contacted.next_cursor,
            )
        ),
    )
