"""How the providers stand, for administrators: one look instead of an alert for every message."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.notifications.api.dependencies import TheParts
from services.notifications.api.webhook_schemas import ProviderRecord
from shared.contracts.codes import AccessRole
from shared.contracts.tokens import TokenClaims
from shared.tokens import allow

router = APIRouter()


@router.get("/providers")
async def read_providers(
    parts: TheParts, claims: Annotated[TokenClaims, Depends(allow(AccessRole.ADMINISTRATOR))]
) -> list[ProviderRecord]:
    """Those that are set up; the same for all tenants."""
    return [ProviderRecord.of(gate, clock=parts.clock) for gate in await parts.gates.read(now=parts.clock.now())]
