"""Count how handing over goes."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.custody_gap import CustodyGap, custody_gap
from services.referrals.domain.discharges import Discharge
from services.referrals.domain.handoff_numbers import HandoffNumbers, handoff_numbers, withheld
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.number_ports import Discharges, Period, left_in, only_sees_how_it_goes


async def count_handoffs(
    asked: Period, *, programme_id: UUID | None, by: Actor, discharges: Discharges, protocols: ProtocolShelf
) -> HandoffNumbers:
    """Of everybody who left in the period. Raises NotFound for a programme that is not the caller's to count."""
    found = await left_in(asked, programme_id=programme_id, by=by, discharges=discharges)

    def gap_of(one: Discharge, until: datetime) -> CustodyGap:
        calendar = protocols.programme_time(time_zone=one.time_zone, calendar_code=one.calendar_code).calendar
        on_call = found.on_call.get(one.programme_id, ())
        return custody_gap(left_at=one.left_at, until=until, calendar=calendar, on_call=on_call)

    numbers = handoff_numbers(found.discharges, as_of=asked.as_of, gap_of=gap_of)
    return withheld(numbers) if only_sees_how_it_goes(by) else numbers
