"""Who changed what of a sheet, and when; what it said then is read by version."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.sheet import Revision
from services.referrals.domain.sheet_access import check_reader
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.sheet_ports import SheetWork


async def list_sheet_revisions(
    handoff_id: UUID, *, by: Actor, works: WorkSource[SheetWork], after: UUID | None, limit: int
) -> Sequence[Revision]:
    """Up to `limit` revisions, newest first. Raises NotFound, also for readers outside the sending organisation."""
    async with works.begin(by.tenant_id) as work:
        journey = await work.handoffs.of_handoff(handoff_id, by=by)
        seen = await work.sheets.see(journey, by=by)
        check_reader(journey, by=by, standing=seen.standing)
        if not seen.standing.sends:
            raise NotFound("sheet")
        return await work.sheets.revisions(handoff_id, after=after, limit=limit)
