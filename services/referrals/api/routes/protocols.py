"""What must happen by when in a programme."""

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
    found = await read_protocol(
        programme_id, on=on, by=actor(claims), works=parts.works, protocols=walk.protocols, clock=parts.clock
    )
    return ProtocolView.of(found)
