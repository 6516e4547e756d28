"""Write down what the person said, or take it back: one revision of the sheet, whatever number of parts."""

from collections.abc import Mapping
from uuid import UUID

from services.referrals.domain.errors import Stale
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.sheet import PartWords, Revision, check_said
from services.referrals.domain.sheet_access import check_reader, check_writer
from services.referrals.domain.sheet_parts import SheetPart
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.handoff_ports import Asked
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.sheet_ports import SheetSeen, SheetWork
from shared.clock import Clock
from shared.identifiers import new_id


async def change_sheet(
    handoff_id: UUID,
    said: Mapping[SheetPart, PartWords],
    *,
    asked: Asked,
    works: WorkSource[SheetWork],
    clock: Clock,
    once: Once,
) -> SheetSeen:
    """The sheet after it.

    No fact goes out: nobody else needs one, and there is none without words. Raises InvalidField, NotFound,
    IllegalMove once the handoff is over, NotYours for parts that the writer may not read, Stale.
    """
    check_said(said)
    at = Moment(occurred_at=not_in_the_future(asked.occurred_at, clock=clock), recorded_at=clock.now())
    async with works.begin(asked.by.tenant_id, once=once) as work:
        journey = await work.handoffs.of_handoff(handoff_id, by=asked.by)
        seen = await work.sheets.see(journey, by=asked.by)
        check_reader(journey, by=asked.by, standing=seen.standing)
        check_writer(journey, standing=seen.standing, parts=frozenset(said))
        if asked.expected_version != seen.newest:
            raise Stale(current=seen.newest)
        revision = Revision(
            id=new_id(),
            tenant_id=asked.by.tenant_id,
            handoff_id=handoff_id,
            version=seen.newest + 1,
            said=said,
            by_worker_id=asked.by.worker_id,
            at=at,
        )
        if not await work.sheets.add(revision):
            raise Stale(current=revision.version)
        after = SheetSeen(sheet=seen.sheet.with_revision(revision), newest=revision.version, standing=seen.standing)
        work.answer(after)
    return after
