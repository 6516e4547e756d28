"""Access tokens of a service as a system client (private_key_jwt, as in SMART Backend Services)."""

import asyncio
import time
from pathlib import Path

import aiohttp
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import BaseModel, ValidationError

from shared.contracts.codes import Service
from shared.identifiers import new_id

ALGORITHM = "RS256"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _TokenAnswer(BaseModel):
    access_token: str
    expires_in: int


class SystemTokenSource:
    """Access tokens of this service as a system client (private_key_jwt, as in SMART Backend Services)."""

    def __init__(
        self, *, identity_url: str, issuer: str, client: Service, private_key_file: Path, session: aiohttp.ClientSession
    ) -> None:
        self._token_url = identity_url.rstrip("/") + "/token"
        self._assertion_audience = issuer.rstrip("/") + "/token"
        self._client = client
        self._key = RSAKey.import_key(private_key_file.read_bytes())
        self._session = session
        self._held: dict[Service, tuple[str, float]] = {}
        self._asking = asyncio.Lock()

    async def token_for(self, audience: Service) -> str:
        """A token that `audience` accepts. Raises aiohttp.ClientError or TimeoutError when identity does not answer."""
        held = self._held.get(audience)
        if held is not None and held[1] > time.monotonic():
            return held[0]
        async with self._asking:
            held = self._held.get(audience)
            if held is not None and held[1] > time.monotonic():
                return held[0]
            answer = await self._ask(audience)
            self._held[audience] = (answer.access_token, time.monotonic() + max(answer.expires_in - 60, 5))
            return answer.access_token

    def forget(self, audience: Service) -> None:
        """Drop the held token, after the other side refused it."""
        self._held.pop(audience, None)

    async def _ask(self, audience: Service) -> _TokenAnswer:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(self._client, key=self._key, audience=self._assertion_audience),
            "audience": audience.value,
        }
        patience = aiohttp.ClientTimeout(total=5)
        async with self._session.post(self._token_url, data=form, timeout=patience, allow_redirects=False) as answer:
            answer.raise_for_status()
            try:
                return _TokenAnswer.model_validate_json(await answer.read())
            except ValidationError as error:
                raise aiohttp.ClientPayloadError("identity answered something that is no token") from error


def client_assertion(client: Service, *, key: RSAKey, audience: str) -> str:
    """A signed statement of who this client is, good for one use within two minutes (RFC 7523)."""
    now = int(time.time())
    claims = {
        "iss": client.value,
        "sub": client.value,
        "aud": audience,
        "iat": now,
        "exp": now + 120,
        "jti": str(new_id()),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, key)
