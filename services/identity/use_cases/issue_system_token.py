"""Give one service a token to speak to another, against a signed assertion (RFC 7523, private_key_jwt)."""

from dataclasses import dataclass

from services.identity.domain.access_tokens import claims_for_system
from services.identity.domain.errors import ClientRefused
from services.identity.domain.system_clients import check_assertion, check_audience, claimed_service
from services.identity.use_cases.issued import IssuedTokens
from services.identity.use_cases.ports import Assertions, Signer, WorkSource
from shared.clock import Clock
from shared.contracts.codes import Service
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueSystemToken:
    """Client credentials. The endpoint an assertion must be meant for is `<issuer>/token`."""

    works: WorkSource
    assertions: Assertions
    signer: Signer
    clock: Clock
    issuer: str

    async def __call__(self, assertion: str, *, audience: Service) -> IssuedTokens:
        """An access token for `audience`, without a refresh token. Raises ClientRefused, AudienceRefused."""
        now = self.clock.now()
        service = claimed_service(self.assertions.claims(assertion))
        async with self.works.begin(None) as work:
            client = await work.clients.read(service)
            if client is None:
                raise ClientRefused("unknown_client")
            claims = self.assertions.verified(assertion, public_key=client.public_key)
            spent = check_assertion(claims, token_endpoint=f"{self.issuer}/token", at=now)
            check_audience(service, audience)
            if not await work.clients.spend(spent):
                raise ClientRefused("assertion_replayed")
            key = (await work.keys.ring()).signing_key(at=now)
        token_claims = claims_for_system(service, audience=audience, issuer=self.issuer, token_id=new_id(), at=now)
        return IssuedTokens(access_token=self.signer.sign(token_claims, key=key))
