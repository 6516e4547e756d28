"""The plumbing that neighbours use, held against the real service on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from joserfc.jwk import RSAKey

from services.identity.adapters.tables import signing_keys
from shared.contracts.codes import Service
from shared.tokens import SystemTokenSource, TokenVerifier, jwks_over_http
from tests.services.identity.api.conftest import ISSUER, Identity


@asynccontextmanager
async def served(identity: Identity) -> AsyncIterator[str]:
    """The application's address; its lifespan is the fixture's."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(identity.app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def test_a_neighbour_gets_a_token_and_another_verifies_it(
    identity: Identity, client_key: RSAKey, tmp_path: Path
) -> None:
    key_file = tmp_path / "referrals.pem"
    key_file.write_bytes(client_key.as_pem(private=True))
    async with served(identity) as address, aiohttp.ClientSession() as session:
        source = SystemTokenSource(
            identity_url=address, issuer=ISSUER, client=Service.REFERRALS, private_key_file=key_file, session=session
        )
        token = await source.token_for(Service.SCOPE_GUARD)
        assert await source.token_for(Service.SCOPE_GUARD) == token
        keys = jwks_over_http(f"{address}/.well-known/jwks.json", session=session)
        guard = TokenVerifier(audience=Service.SCOPE_GUARD, issuer=ISSUER, keys=keys)
        assert (await guard.verify(token)).client_id == "referrals"
        with pytest.raises(aiohttp.ClientResponseError) as refused:
            await source.token_for(Service.CONSOLE)
        assert refused.value.status == 403


async def test_health_tells_that_tokens_can_be_signed(identity: Identity) -> None:
    ready = await identity.http.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"database": True, "signing_key": True}
    async with identity.works.begin(None) as work:
        first = (await work.keys.ring()).keys
    assert len(first) == 1


async def test_health_says_so_when_no_token_can_be_signed(identity: Identity) -> None:
    async with identity.app.state.engine.begin() as connection:
        await connection.execute(signing_keys.delete())
    ready = await identity.http.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["signing_key"]) == (503, False)
    await identity.account("ada@northside.test")
    answer = await identity.sign_in("ada@northside.test")
    assert (answer.status_code, answer.json()["code"]) == (503, "no_signing_key")
