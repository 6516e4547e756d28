"""Who knew what, when: what referrals noted of a handoff, and for supervisors the messages about it, on one line of time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import SUPERVISING, Session
from services.console.domain.told_timeline import Entry, Timeline
from services.console.use_cases.ports import Neighbours

_LEAST = timedelta(minutes=1)
_HIDDEN = ("signal_ignored",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Somebody held the person from one place of the line to the next (0 to 1); `turn` alternates between holders."""

    worker_id: UUID
    begins: float
    ends: float
    turn: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelinePage:
    """`deliveries` is absent for whoever is not told of messages."""

    handoff: told.Handoff
    timeline: Timeline
    deliveries: Sequence[told.Delivery] | None
    now: datetime

    @property
    def entries(self) -> list[Entry]:
        """What happened, in the order in which it became known."""
        return [one for one in self.timeline.entries if one.kind not in _HIDDEN]

    @property
    def begins(self) -> datetime:
        """The earliest instant of the page."""
        return min(
            [one.occurred_at for one in self.entries] + [one.occurred_at for one in self.timeline.custody] or [self.now]
        )

    @property
    def ends(self) -> datetime:
        """The latest one: now while it goes on, else when the last thing became known."""
        known = [one.recorded_at for one in self.entries] + [one.changed_at for one in self.deliveries or ()]
        over = self.handoff.state in ("closed", "withdrawn")
        return max([*known, self.begins + _LEAST] if over else [*known, self.now, self.begins + _LEAST])

    def place(self, instant: datetime) -> float:
        """Where an instant stands on the line, 0 to 1."""
        return min(max((instant - self.begins) / (self.ends - self.begins), 0.0), 1.0)

    @property
    def stretches(self) -> list[Stretch]:
        """Who held the person when: every stretch ends where the next begins."""
        lines = self.timeline.custody
        ends = [*(one.occurred_at for one in lines[1:]), self.ends]
        return [
            Stretch(
                worker_id=line.to_worker_id, begins=self.place(line.occurred_at), ends=self.place(end), turn=number % 2
            )
            for number, (line, end) in enumerate(zip(lines, ends, strict=True))
        ]

    def known_late(self, entry: Entry) -> bool:
        """Whether it became known noticeably after it happened."""
        return entry.recorded_at - entry.occurred_at > _LEAST


async def read_timeline(handoff_id: UUID, *, now: datetime, by: Session, neighbours: Neighbours) -> TimelinePage:
    """Raises Refused 404 for those who may not know of the handoff, Unreachable where a neighbour does not answer."""
    handoff, timeline = await asyncio.gather(
        neighbours.referrals.handoff(handoff_id, by=by), neighbours.referring.timeline(handoff_id, by=by)
    )
    sent = None
    if by.role in SUPERVISING:
        page = await neighbours.notifications.deliveries(by, subject=handoff_id, limit=100)
        sent = sorted(page.items, key=lambda one: one.changed_at)
    return TimelinePage(handoff=handoff, timeline=timeline, deliveries=sent, now=now)
