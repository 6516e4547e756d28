"""What was sent, what was not, and why: for supervisors and administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.notifications.api.dependencies import STANDARD_LIMIT, Cursor, Limit, TheParts, caller
from services.notifications.api.schemas import DeliveryRecord
from services.notifications.domain.codes import Channel, DeliveryState
from services.notifications.use_cases.list_deliveries import list_deliveries
from services.notifications.use_cases.ports import DeliveryFilter
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.contracts.tokens import TokenClaims
from shared.paging import CursorSigner
from shared.problems import Problem
from shared.tokens import allow

router = APIRouter()


@router.get("/deliveries")
async def read_deliveries(
    parts: TheParts,
    claims: Annotated[TokenClaims, Depends(allow(AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR))],
    state: DeliveryState | None = None,
    channel: Channel | None = None,
    worker_id: UUID | None = None,
    subject_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = STANDARD_LIMIT,
) -> Page[DeliveryRecord]:
    """Deliveries of the caller's tenant, newest first."""
    found, last = await list_deliveries(
        caller(claims).tenant_id,
        only=DeliveryFilter(state=state, channel=channel, worker_id=worker_id, subject_id=subject_id),
        after=_place(cursor, cursors=parts.cursors) if cursor is not None else None,
        limit=limit,
        deliveries=parts.deliveries,
    )
    following = parts.cursors.encode({"list": "deliveries", "id": str(last)}) if last else None
    return Page(items=[DeliveryRecord.of(view) for view in found], next_cursor=following)


def _place(cursor: str, *, cursors: CursorSigner) -> UUID:
    position = cursors.decode(cursor)
    if position.get("list") != "deliveries":
        raise Problem(400, "cursor_invalid", "This cursor belongs to another list")
    return UUID(position["id"])
