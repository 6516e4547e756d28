"""Whether the decision log is still what was sealed."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.scope_guard.api.dependencies import Guard, tenant_of
from services.scope_guard.api.schemas import BrokenLinkView, ChainView
from services.scope_guard.domain.hash_chain import ChainHead
from services.scope_guard.use_cases.verify_chain import verify_chain
from shared.contracts.codes import AccessRole
from shared.contracts.tokens import TokenClaims
from shared.tokens import allow

router = APIRouter(prefix="/decision-log")

_Auditor = Annotated[TokenClaims, Depends(allow(AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER))]


class VerifyRequest(BaseModel):
    """A head that was noted down outside earlier; the chain must still pass through it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position: Annotated[int, Field(ge=1, lt=2**63)]
    link: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@router.post("/verify")
async def post_verify(guard: Guard, claims: _Auditor, body: VerifyRequest | None = None) -> ChainView:
    """Walk the own tenant's chain from its beginning; reads every sealed decision, so it takes its time."""
    expected = ChainHead(position=body.position, link=bytes.fromhex(body.link)) if body is not None else None
    tenant_id = tenant_of(claims, named=None, pointer="")
    report = await verify_chain(tenant_id=tenant_id, chain=guard.chain, expected=expected)
    broken = report.broken
    return ChainView(
        holds=broken is None,
        verified=report.verified,
        head_position=report.head.position,
        head_link=report.head.link.hex(),
        broken=None
        if broken is None
        else BrokenLinkView(position=broken.position, kind=broken.kind, decision_id=broken.decision_id),
    )
