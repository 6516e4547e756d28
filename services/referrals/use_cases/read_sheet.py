"""Show the sheet of a handoff, as far as the reader may know it."""

from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.sheet_access import check_reader
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.sheet_ports import SheetReading, SheetWork


async def read_sheet(
    handoff_id: UUID, *, by: Actor, works: WorkSource[SheetWork], version: int | None = None
) -> SheetReading:
    """The sheet now, or as it stood at `version`, which only the sending organisation may ask for. Raises NotFound."""
    async with works.begin(by.tenant_id) as work:
        journey = await work.handoffs.of_handoff(handoff_id, by=by)
        seen = await work.sheets.see(journey, by=by, version=version)
        check_reader(journey, by=by, standing=seen.standing)
        if version is not None and (not seen.standing.sends or version > seen.newest):
            raise NotFound("sheet")
        await work.sheets.note_told(journey, seen.standing, by=by)
        help_line, consents = await work.sheets.around(journey)
        shown = consents if seen.standing.sends else ()
        return SheetReading(journey=journey, seen=seen, help_line=help_line, consents=shown)
