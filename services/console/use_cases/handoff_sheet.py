"""The sheet beside its handoff: nothing where the visitor may not know of it, and saving that spares a colleague's words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_sheet import PARTS, Sheet
from services.console.use_cases.ports import Refused
from services.console.use_cases.sheet_ports import Sheets


async def sheet_beside(handoff_id: UUID, *, by: Session, sheets: Sheets) -> Sheet | None:
    """The sheet, or nothing for who is only asked: their page shows the offer and no more."""
    try:
        return await sheets.sheet(handoff_id, by=by)
    except Refused as refused:
        if refused.status != 404:
            raise
        return None


async def keep_part(
    handoff_id: UUID, part: str, saying: Mapping[str, Any], *, version: int, key: str, by: Session, sheets: Sheets
) -> Sheet | None:
    """Keep one part. The sheet as it is now, unkept, where somebody changed this very part since `version`.

    A colleague who meanwhile wrote on another part is in nobody's way. Raises Refused for everything else.
    """
    body = {part: saying}
    try:
        await sheets.change_sheet(handoff_id, body, version=version, key=key, by=by)
        return None
    except Refused as refused:
        if refused.status != 412:
            raise
    now = await sheets.sheet(handoff_id, by=by)
    said = now.said(part)
    if said is not None and said.version > version:
        return now
    await sheets.change_sheet(handoff_id, body, version=now.version, key=key, by=by)
    return None


def part_after(part: str, *, sheet: Sheet) -> str | None:
    """The next part that the visitor may write on, or nothing after the last."""
    following = PARTS[PARTS.index(part) + 1 :]
    return next((one for one in following if one not in sheet.withheld), None)
