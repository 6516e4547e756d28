"""One programme for those who run it: what must happen by when, who is called in, who is on call, who steps back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.domain import told
from services.console.domain.referral_steps import QUALIFIED
from services.console.domain.session import Session
from services.console.domain.told_team import Absence, Backup, Capacity, Protocol, Shift, Team
from services.console.use_cases.directory import Directory
from services.console.use_cases.ports import Refused
from services.console.use_cases.protocols import protocol_of
from services.console.use_cases.referring_ports import Teams
from services.console.use_cases.wrong_fields import wrong_fields

DUTIES = ("peer", "duty_owner")
_LONGEST = timedelta(days=366)
_MOST_COLLEAGUES = 40
"""Each colleague's absences are a question of their own."""
_ABOUT_THE_WORKER = ("works_elsewhere", "worker_has_left", "not_on_the_team", "not_qualified")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammePage:
    """`protocol` is absent where none is in force; `shifts` are those that go on or are still to come.

    `ours` says whether the visitor acts for the house that runs it; `colleagues` are those of that house, and who of it is
    away is not for others.
    """

    programme: told.Programme
    ours: bool
    protocol: Protocol | None
    capacity: Capacity
    shifts: Sequence[Shift]
    teams: Sequence[Team]
    colleagues: Sequence[told.Worker]
    clinicians: Sequence[told.Worker]
    backup: Backup | None
    away: Sequence[Absence]


async def read_programme(
    programme: told.Programme, *, now: datetime, directory: Directory, by: Session, teams: Teams
) -> ProgrammePage:
    """Everything of one programme."""
    ours = directory.acts_for(programme.organization_id, by=by)
    colleagues = [one for one in directory.colleagues() if one.organization_id == programme.organization_id]
    (protocol, capacity, shifts, known, backup), absences = await asyncio.gather(
        asyncio.gather(
            protocol_of(programme, by=by, teams=teams),
            teams.capacity(programme.id, by=by),
            teams.shifts(programme.id, by=by),
            teams.teams(by),
            teams.backup(programme.id, by=by),
        ),
        asyncio.gather(*(teams.absences(one.id, by=by) for one in colleagues[:_MOST_COLLEAGUES] if ours)),
    )
    ahead = sorted((one for one in shifts if one.ends_at > now), key=lambda one: one.starts_at)
    return ProgrammePage(
        programme=programme,
        ours=ours,
        protocol=protocol,
        capacity=capacity,
        shifts=ahead,
        teams=sorted(known, key=lambda one: one.name),
        colleagues=colleagues,
        clinicians=directory.with_roles(QUALIFIED["clinical"]),
        backup=backup,
        away=sorted((one for few in absences for one in few if one.counts(now)), key=lambda one: one.starts_at),
    )


def wrong_in_programme(what: str, refused: Refused) -> dict[str, str]:
    """Why referrals did not keep one of the forms, beside the field it is about. Raises what is about no field."""
    if refused.status not in (403, 404, 409, 422):
        raise refused
    if refused.status == 403:
        return {what: "programme.error.not_yours"}
    said = next((code for _, code in wrong_fields(refused.document) if code in _ABOUT_THE_WORKER), None)
    return {f"{what}_worker_id": f"programme.error.{said}"} if said else {what: f"programme.error.{what}"}


def read_stretch(form: Mapping[str, str], *, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From when until when, by the programme's clock; nothing where that is no stretch of time."""
    try:
        begins, ends = (datetime.fromisoformat(form.get(name, "")) for name in ("begins", "ends"))
    except ValueError:
        return None
    begins, ends = begins.replace(tzinfo=zone), ends.replace(tzinfo=zone)
    return (begins, ends) if begins < ends <= begins + _LONGEST else None
