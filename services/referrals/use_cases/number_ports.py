"""What the use cases of numbers need of the world, and whom they show what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.custody_gap import Span
from services.referrals.domain.discharges import Discharge
from services.referrals.domain.errors import InvalidField
from shared.clock import Clock
from shared.contracts.codes import AccessRole

LONGEST_PERIOD = timedelta(days=366)
_ONLY_HOW_IT_GOES = frozenset({AccessRole.ADMINISTRATOR})


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Days of leaving, both included, by each programme's own wall clock; as known at `as_of`."""

    first: date
    last: date
    as_of: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DischargeFilter:
    """Who left from `since` to `until`, as known at `as_of`. `colleague_worker_id`: only in programmes of that worker's organisation."""

    tenant_id: UUID
    since: datetime
    until: datetime
    as_of: datetime
    programme_id: UUID | None = None
    colleague_worker_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DischargesRead:
    """The discharges, and when somebody was on call, by programme."""

    discharges: Sequence[Discharge]
    on_call: Mapping[UUID, Sequence[Span]]


class Discharges(Protocol):
    """Reads what the numbers are made of, in as many statements however many discharges there are."""

    async def read(self, wanted: DischargeFilter) -> DischargesRead:
        """Raises NotFound for a programme that there is not, or that is not the colleague's own."""
        ...


def period(first: date | None, last: date | None, *, as_of: datetime | None, days: int, clock: Clock) -> Period:
    """The period asked for; without one, the last `days` up to `as_of`. Raises InvalidField."""
    known_at = as_of or clock.now()
    if known_at > clock.now():
        raise InvalidField("in_the_future", pointer="/as_of")
    end = last or known_at.date() + timedelta(days=1)
    begin = first or end - timedelta(days=days)
    if begin > end:
        raise InvalidField("ends_before_it_begins", pointer="/to")
    if end - begin > LONGEST_PERIOD:
        raise InvalidField("longer_than_a_year", pointer="/from")
    return Period(first=begin, last=end, as_of=known_at)


async def left_in(asked: Period, *, programme_id: UUID | None, by: Actor, discharges: Discharges) -> DischargesRead:
    """Who left in a period and may be counted by this account. Raises NotFound and WorkerRequired."""
    found = await discharges.read(
        DischargeFilter(
            tenant_id=by.tenant_id,
            # wall clocks are up to fourteen hours away from UTC: the exact days are looked at below
            since=datetime.combine(asked.first, time.min, UTC) - timedelta(days=1),
            until=datetime.combine(asked.last, time.min, UTC) + timedelta(days=2),
            as_of=asked.as_of,
            programme_id=programme_id,
            colleague_worker_id=None if by.access_role is AccessRole.ADMINISTRATOR else by.acting_worker(),
        )
    )
    inside = [one for one in found.discharges if asked.first <= one.left_on <= asked.last]
    return DischargesRead(discharges=inside, on_call=found.on_call)


def only_sees_how_it_goes(by: Actor) -> bool:
    """Whether cells that could point at somebody are kept from this account: it has nobody to walk with."""
    return by.access_role in _ONLY_HOW_IT_GOES
