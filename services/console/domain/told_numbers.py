"""What referrals tells of how it goes: every number with what it is a share of, and as known when."""

from datetime import date, datetime
from uuid import UUID

from services.console.domain.told import Told
from shared.contracts.codes import PracticeRole


class Share(Told):
    """So many of so many; `withheld` where too few people are behind it."""

    numerator: int | None
    denominator: int | None
    rate: float | None
    withheld: bool


class Spread(Told):
    """Whole minutes over `count` of them."""

    count: int | None
    median: int | None
    p90: int | None
    total: int | None
    withheld: bool


class HandoffCounts(Told):
    """How handing over went."""

    discharges: int | None
    accepted: Share
    time_to_accept: Spread
    contacted_in_time: Share
    silent: Share
    custody_gap: Spread
    waited: Spread
    loop_closed: Share


class HandoffNumbers(Told):
    """Of those who left from `from_day` to `to_day`, both included."""

    as_of: datetime
    from_day: date
    to_day: date
    numbers: HandoffCounts


class WindowNumbers(Told):
    """`share`: met, of those whose window is over; `running`: whose is not, and how many of them are met already."""

    share: Share
    running: int | None
    met_early: int | None


class MeasureNumbers(Told):
    """One measure in one measure year."""

    code: str
    year: int
    discharges: int | None
    excluded: dict[str, int | None]
    windows: dict[str, WindowNumbers]


class FollowUpNumbers(Told):
    """Follow-up by measure."""

    as_of: datetime
    from_day: date
    to_day: date
    measures: tuple[MeasureNumbers, ...]


class AtRisk(Told):
    """A clock that nothing has met; what would, is a contact by somebody in one of `roles`, in one of these ways."""

    handoff_id: UUID
    programme_id: UUID
    measure: str
    year: int
    window: str
    first_day: date
    last_day: date
    roles: tuple[PracticeRole, ...]
    channels: tuple[str, ...]
    may_not_count: str | None
    called: str | None
    worker_id: UUID | None


class AtRiskList(Told):
    """The earliest end first; `left_off` says how many more there are."""

    as_of: datetime
    items: tuple[AtRisk, ...]
    left_off: int
