"""End a shift now, whether it has begun or not."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound, Stale
from services.referrals.domain.roster import Shift
from services.referrals.use_cases.act_for_house import check_acts_for
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock


async def end_shift(
    shift_id: UUID,
    *,
    programme_id: UUID,
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> Shift:
    """The ended shift (unchanged where it was over). Raises NotFound, NotYours and Stale."""
    now = clock.now()
    async with works.begin(by.tenant_id, once=once) as work:
        known = await work.shifts.get(shift_id)
        if known.programme_id != programme_id:
            raise NotFound("shift")
        programme = await work.programmes.get(programme_id)
        await check_acts_for(programme.organization_id, by=by, work=work, command="end a shift")
        if known.version != version:
            raise Stale(current=known.version)
        ended = known
        if known.ends_at > now:
            starts_at = min(known.starts_at, now - timedelta(seconds=1))
            ended = replace(known, version=version + 1, starts_at=starts_at, ends_at=now)
            await work.shifts.replace(ended)
        work.answer(ended)
    return ended
