"""Count follow-up by measure."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.follow_up_numbers import MeasureNumbers, follow_up_numbers, withheld
from services.referrals.domain.measures import MeasureShelf
from services.referrals.use_cases.number_ports import Discharges, Period, left_in, only_sees_how_it_goes


async def count_follow_up(
    asked: Period, *, programme_id: UUID | None, by: Actor, discharges: Discharges, measures: MeasureShelf
) -> Sequence[MeasureNumbers]:
    """Of everybody who left in the period. Raises NotFound for a programme that is not the caller's to count."""
    found = await left_in(asked, programme_id=programme_id, by=by, discharges=discharges)
    numbers = follow_up_numbers(found.discharges, measures=measures, as_of=asked.as_of)
    return [withheld(one) for one in numbers] if only_sees_how_it_goes(by) else numbers
