"""Find whose follow-up clocks run out soon without a contact: a worklist, the earliest end first."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.follow_up_numbers import AtRisk, at_risk
from services.referrals.domain.measures import MeasureShelf
from services.referrals.use_cases.number_ports import Discharges, Period, left_in
from shared.clock import Clock

_FURTHEST_BACK = timedelta(days=92)
"""A day more on both sides than the longest window that a measure may have."""


async def find_at_risk(
    *,
    until: date | None,
    programme_id: UUID | None,
    by: Actor,
    discharges: Discharges,
    measures: MeasureShelf,
    clock: Clock,
) -> Sequence[AtRisk]:
    """Clocks that end by `until` (that day included; without it, by the coming Friday). Raises NotFound."""
    now = clock.now()
    asked = Period(first=now.date() - _FURTHEST_BACK, last=now.date() + timedelta(days=1), as_of=now)
    found = await left_in(asked, programme_id=programme_id, by=by, discharges=discharges)
    return at_risk(found.discharges, measures=measures, as_of=now, by=until)
