"""The claims of an access token, as identity issues them and every service reads them."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.codes import AccessRole

PEOPLE_AUDIENCE = "handrail"
"""Audience of tokens for people; a system token carries the name of the one service it is meant for instead."""


class TokenClaims(BaseModel):
    """RS256 claims. System tokens have no worker, tenant or organisation: their requests name the tenant."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: str
    access_role: AccessRole
    worker_id: UUID | None = None
    tenant_id: UUID | None = None
    organization_id: UUID | None = None
    client_id: str | None = None
    iss: str
    aud: str
    iat: int
    exp: int
    jti: str
