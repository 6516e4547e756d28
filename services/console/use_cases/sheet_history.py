"""Who wrote what on a sheet and when, and what stood on it when somebody said yes or took the person over."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.domain.told_sheet import Revision
from services.console.domain.told_timeline import Entry
from services.console.use_cases.ports import Neighbours

HANDING_OVER = ("accepted", "custody_moved")
"""From the first on, the peer may read the sheet; with the second, the person is theirs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    """A moment of handing over, and the version that stood then; none where nothing was written yet."""

    entry: Entry
    version: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetHistory:
    """The newest revision first; `more` where there are older ones than are shown."""

    handoff: told.Handoff
    revisions: Sequence[Revision]
    handed_over: Sequence[HandedOver]
    more: bool


async def read_sheet_history(handoff_id: UUID, *, by: Session, neighbours: Neighbours) -> SheetHistory:
    """Raises Refused 404 outside the organisation that sends, Unreachable where referrals does not answer."""
    handoff, revisions, timeline = await asyncio.gather(
        neighbours.referrals.handoff(handoff_id, by=by),
        neighbours.sheets.revisions(handoff_id, by=by),
        neighbours.referring.timeline(handoff_id, by=by),
    )
    moments = [entry for entry in timeline.entries if entry.kind in HANDING_OVER]
    return SheetHistory(
        handoff=handoff,
        revisions=revisions.items,
        handed_over=[HandedOver(entry=one, version=_standing(one, among=revisions.items)) for one in moments],
        more=revisions.next_cursor is not None,
    )


def _standing(entry: Entry, *, among: Sequence[Revision]) -> int | None:
    """What was written down by then: what somebody writes later of an earlier day was not there to be read."""
    return max((one.version for one in among if one.recorded_at <= entry.recorded_at), default=None)
