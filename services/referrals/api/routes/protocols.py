"""What must happen by when in a programme."""

from datetime import UTC, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.referrals.api.dependencies import Parts, Staff, actor
from services.referrals.api.fields import Day
from services.referrals.api.handoff_dependencies import Walk
from services.referrals.api.protocol_schemas import ProtocolView
from services.referrals.use_cases.read_protocol import read_protocol

router = APIRouter()


@router.get("/programmes/{programme_id}/protocol")
async def get_protocol(
    programme_id: UUID, claims: Staff, parts: Parts, walk: Walk, on: Annotated[Day | None, Query()] = None
) -> ProtocolView:
    """The protocol in force today, or on the day `on`."""
    day = parts.clock.now() if on is None else datetime.combine(on, time.min, UTC)
    found = await read_protocol(programme_id, on=day, by=actor(claims), works=parts.works, protocols=walk.protocols)
    return ProtocolView.of(found)
