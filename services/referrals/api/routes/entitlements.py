"""May these workers still be told about these subjects? For notifications, before every send."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.referrals.api.handoff_dependencies import Walk
from services.referrals.use_cases.answer_entitlements import answer_entitlements
from shared.contracts.codes import Service
from shared.contracts.entitlements import EntitlementRequest, EntitlementResponse
from shared.contracts.tokens import TokenClaims
from shared.tokens import allow_system

router = APIRouter()

Notifications = Annotated[TokenClaims, Depends(allow_system(Service.NOTIFICATIONS))]


@router.post("/internal/entitlements")
async def post_entitlements(body: EntitlementRequest, _: Notifications, walk: Walk) -> EntitlementResponse:
    """One answer per question, in the same order."""
    return await answer_entitlements(body, subjects=walk.subjects)
