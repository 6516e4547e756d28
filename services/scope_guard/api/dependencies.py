"""What the routes are given."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from services.scope_guard.use_cases.judge import ScopeJudge
from services.scope_guard.use_cases.ports import BoundaryEvents, DecisionChain, DecisionLog, Doorbell
from shared.clock import Clock
from shared.contracts.tokens import TokenClaims
from shared.paging import CursorSigner
from shared.problems import FieldError, Problem


@dataclass(frozen=True)
class GuardParts:
    """Everything a route may use; put on `app.state.guard` by main.py, or by a test with parts of its own."""

    judge: ScopeJudge
    log: DecisionLog
    events: BoundaryEvents
    chain: DecisionChain
    clock: Clock
    cursors: CursorSigner
    digest_key: bytes
    doorbell: Doorbell


async def guard_parts(request: Request) -> GuardParts:
    """The parts of this process."""
    parts: GuardParts = request.app.state.guard
    return parts


Guard = Annotated[GuardParts, Depends(guard_parts)]

TenantHeader = Annotated[UUID | None, Header(alias="Handrail-Tenant")]
"""Names the tenant of a system's reading request, because a system's token carries none; ignored for people."""


def tenant_of(claims: TokenClaims, *, named: UUID | None, pointer: str) -> UUID:
    """The tenant that a request speaks of: a person's own, or the one that a system names at `pointer`."""
    tenant_id = claims.tenant_id or named
    if tenant_id is None:
        errors = [FieldError(pointer=pointer, code="missing")]
        raise Problem(422, "invalid_request", "Some fields are not as they should be", errors=errors)
    return tenant_id
