"""Organisations, programmes, workers and teams: who there is, and where the work happens."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from services.referrals.domain.errors import InvalidField
from shared.contracts.codes import IntegrationModel, PracticeRole, Setting

ALWAYS_OPEN = "always_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What every kept thing has. `version` counts its changes from 1; `recorded_at` is when it was first written."""

    tenant_id: UUID
    id: UUID
    version: int
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Organization(Record):
    """A clinic, a peer-run organisation, a shelter: whoever employs workers and runs programmes."""

    name: str
    active: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme(Record):
    """Where work happens, and by which rules.

    `jurisdiction` is an ISO 3166-2 code, `time_zone` an IANA name. `policy_flags` are codes of conditions that this
    programme's own rules prove (such as `documentation_required`). The duty owner holds what nobody sent.
    `calendar_code` names when it is open (policy/calendars). `help_line` is the telephone number that people who are
    walked with may call, as it is printed on their sheet.
    """

    organization_id: UUID
    name: str
    setting: Setting
    jurisdiction: str
    time_zone: str
    integration_model: IntegrationModel
    duty_owner_worker_id: UUID
    protocol_code: str
    policy_flags: tuple[str, ...] = ()
    active: bool = True
    calendar_code: str = ALWAYS_OPEN
    help_line: str | None = None

    def day_of(self, instant: datetime) -> date:
        """The calendar day at the programme when it is `instant` (aware)."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker(Record):
    """One membership of an organisation. The practice role is what the scope guard judges; no caller supplies it."""

    organization_id: UUID
    display_name: str
    practice_role: PracticeRole
    languages: tuple[str, ...] = ()
    active: bool = True
    last_supervised_on: date | None = None
    supervision_cadence_days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Team(Record):
    """Workers who look after people together; its members' roles are who else could take a task."""

    organization_id: UUID
    name: str


def known_time_zone(name: str, *, pointer: str = "/time_zone") -> str:
    """`name`, if it is an IANA time zone. Raises InvalidField otherwise."""
    if name not in _time_zones():
        raise InvalidField("time_zone_unknown", pointer=pointer)
    return name


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
