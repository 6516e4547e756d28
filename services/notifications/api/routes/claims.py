"""Links from messages: used by the signed-in worker they were sent to, once."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.notifications.api.dependencies import TheParts, own_inbox
from services.notifications.api.schemas import ClaimBody, InboxItem
from services.notifications.use_cases.claim_links import use_link
from shared.contracts.tokens import TokenClaims
from shared.tokens import PEOPLE, allow

router = APIRouter()


@router.post("/claims")
async def use(body: ClaimBody, parts: TheParts, claims: Annotated[TokenClaims, Depends(allow(*PEOPLE))]) -> InboxItem:
    """Where the link leads. Nothing is seen or accepted by it."""
    return InboxItem.of(await use_link(body.token, by=own_inbox(claims), book=parts.claims, clock=parts.clock))
