"""What a peer keeps for themselves: their own life, as far as they wish to say it, and whom they know from elsewhere."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_matching import Acquaintance, LivedExperience
from services.console.domain.told_team import Absence
from services.console.use_cases.ports import Neighbours
from services.console.use_cases.referring_ports import Teams


@dataclass(frozen=True, kw_only=True, slots=True)
class AboutMePage:
    """`acquaintances` are those that still count, newest first; `people` has those of them whom the visitor may see now."""

    said: LivedExperience
    acquaintances: Sequence[Acquaintance]
    people: Mapping[UUID, told.Person]
    breaks: Sequence[Absence]

    def called(self, person_id: UUID) -> str:
        """First name and initial; empty for somebody whom the visitor is no longer party to."""
        person = self.people.get(person_id)
        return f"{person.preferred_name or person.given_name} {person.family_name[:1]}." if person else ""


async def read_about_me(by: Session, *, now: datetime, neighbours: Neighbours) -> AboutMePage:
    """Only ever the visitor's own."""
    said, known, people, absences = await asyncio.gather(
        neighbours.matching.lived_experience(by),
        neighbours.matching.acquaintances(by),
        neighbours.referrals.people(by),
        read_absences(by, teams=neighbours.teams),
    )
    counting = [one for one in known if one.ended_at is None]
    return AboutMePage(
        said=said,
        acquaintances=sorted(counting, key=lambda one: one.recorded_at, reverse=True),
        people={one.id: one for one in people.items},
        breaks=[one for one in absences if one.counts(now)],
    )


async def read_absences(by: Session, *, teams: Teams) -> Sequence[Absence]:
    """The visitor's own; none for an account that works nowhere."""
    return await teams.absences(by.worker_id, by=by) if by.worker_id else ()


def break_until(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of the last day of a break that begins now. Raises ValueError for what is no day, or is past."""
    if not text:
        return None
    last = datetime.combine(date.fromisoformat(text), time.min, zone) + timedelta(days=1)
    if last <= now:
        raise ValueError("past")
    return last
