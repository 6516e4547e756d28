"""What an access token says: the claims of shared/contracts/tokens.py, for people and for systems."""

from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.accounts import Account
from shared.contracts.codes import AccessRole, Service
from shared.contracts.tokens import PEOPLE_AUDIENCE, TokenClaims

ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
"""How long a change of role, or a disabled account, can go unnoticed by services that only read tokens."""


def claims_for_person(account: Account, *, issuer: str, token_id: UUID, at: datetime) -> TokenClaims:
    """Claims of a signed-in account; `sub` is the account id."""
    return TokenClaims(
        sub=str(account.account_id),
        access_role=account.membership.access_role,
        worker_id=account.membership.worker_id,
        tenant_id=account.tenant_id,
        organization_id=account.membership.organization_id,
        iss=issuer,
        aud=PEOPLE_AUDIENCE,
        iat=int(at.timestamp()),
        exp=int((at + ACCESS_TOKEN_LIFETIME).timestamp()),
        jti=str(token_id),
    )


def claims_for_system(client: Service, *, audience: Service, issuer: str, token_id: UUID, at: datetime) -> TokenClaims:
    """Claims of one service that speaks to one other; it has no tenant, its requests name theirs."""
    return TokenClaims(
        sub=client.value,
        access_role=AccessRole.SYSTEM,
        client_id=client.value,
        iss=issuer,
        aud=audience.value,
        iat=int(at.timestamp()),
        exp=int((at + ACCESS_TOKEN_LIFETIME).timestamp()),
        jti=str(token_id),
    )
