"""One discharge with all that the numbers look at: as it was known at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referrals.domain.local_times import local_date
from services.referrals.domain.measures import Channel
from shared.contracts.codes import PracticeRole, Setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """Somebody reached the person. Who it was is of no interest here, only in which role."""

    occurred_at: datetime
    role: PracticeRole | None
    channel: Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmissionTold:
    """The person was admitted somewhere again. Where it was is not known where only the sender's word says so."""

    occurred_at: datetime
    setting: Setting | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Discharge:
    """`left_at` to `withdrawn_at` are when things occurred, None where nothing of it was known at that instant.

    `contact_due_at` is the end of the first contact's own clock, `contact_lifted_at` when it ceased to be owed.
    """

    handoff_id: UUID
    programme_id: UUID
    setting: Setting
    time_zone: str
    calendar_code: str
    left_at: datetime
    birth_date: date | None = None
    died: bool = False
    offered: int = 0
    unanswered: int = 0
    declined: int = 0
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    contact_due_at: datetime | None = None
    contact_lifted_at: datetime | None = None
    contacts: Sequence[Reached] = ()
    admissions: Sequence[AdmissionTold] = ()

    @property
    def left_on(self) -> date:
        """The day of leaving, by the programme's wall clock: day 0."""
        return self.day_there(self.left_at)

    def day_there(self, instant: datetime) -> date:
        """The calendar day at the programme when it is `instant`."""
        return local_date(instant, time_zone=self.time_zone)

    def day_of(self, instant: datetime) -> int:
        """How many midnights there lie between leaving and `instant`; a day of 23 or 25 hours is one day."""
        return (self.day_there(instant) - self.left_on).days

    def age_on_leaving(self) -> int | None:
        """In whole years; None where the birth date is not known."""
        if self.birth_date is None:
            return None
        on, born = self.left_on, self.birth_date
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
