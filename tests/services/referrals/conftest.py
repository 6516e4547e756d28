"""A running referrals API on a real database, with a real HTTP server in the place of the scope guard."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI

from services.referrals.main import create_app
from services.referrals.settings import ReferralsSettings
from shared.contracts.codes import AccessRole, Service
from shared.settings import Profile
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.tokens import ISSUER, TokenFor, VerifierFor
from tests.services.referrals.guard_double import GuardDouble, running_guard

GUARD_TIMEOUT = 0.3


@pytest.fixture
async def guard() -> AsyncIterator[GuardDouble]:
    """The scope guard's stand-in, on a real port."""
    async with running_guard() as double:
        yield double


@pytest.fixture
def settings(referrals_database: ServiceDatabase, guard: GuardDouble) -> ReferralsSettings:
    """Settings with a broker that is down (bells may be lost) and little patience for the guard."""
    return ReferralsSettings(
        HANDRAIL_PROFILE=Profile.DEMO,
        database_url=referrals_database.runtime_url,
        redis_url="redis://127.0.0.1:1/0",
        cursor_key="a key for tests only",
        token_issuer=ISSUER,
        scope_guard_url=guard.url,
        scope_guard_timeout_seconds=GUARD_TIMEOUT,
    )


@pytest.fixture
async def app(settings: ReferralsSettings, verifier_for: VerifierFor) -> AsyncIterator[FastAPI]:
    """The application, started."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        application.state.token_verifier = verifier_for(Service.REFERRALS)
        yield application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Speaks to the application; an unforeseen error arrives as the 500 that a caller would see."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


@dataclass
class Caller:
    """Somebody with a token, who speaks JSON."""

    http: httpx2.AsyncClient
    token: str
    tenant_id: UUID

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        key: str | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """One request; `version` goes into If-Match, `key` into Idempotency-Key."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            more["json"] = body
        return await self.http.request(method, path, headers=headers, **more)

    async def made(self, path: str, body: Any, **more: Any) -> dict[str, Any]:
        """What a POST made; it must have been a success."""
        answer = await self.ask("POST", path, body, **more)
        assert answer.status_code in (200, 201, 202), answer.text
        return dict(answer.json())


@dataclass
class Network:
    """A small fictional network: one organisation, one programme, a nurse who asks and a peer who is asked."""

    tenant_id: UUID
    administrator: Caller
    nurse: Caller
    peer: Caller
    supervisor: Caller
    organization_id: str
    programme_id: str
    nurse_id: str
    peer_id: str
    supervisor_id: str

    def task(self, **changes: Any) -> dict[str, Any]:
        """A task for the peer."""
        asked = {
            "programme_id": self.programme_id,
            "assignee_worker_id": self.peer_id,
            "title": "Walk with Robin to the housing office",
            "activity": "community_accompaniment",
        }
        return asked | changes


@pytest.fixture
def build_network(client: httpx2.AsyncClient, token_for: TokenFor) -> Any:
    """`await build_network()`: a network in a tenant of its own."""

    async def build() -> Network:
        tenant_id = uuid4()

        def caller(role: AccessRole, worker_id: str | None = None) -> Caller:
            worker = None if worker_id is None else UUID(worker_id)
            return Caller(client, token_for(role, tenant_id=tenant_id, worker_id=worker), tenant_id)

        administrator = caller(AccessRole.ADMINISTRATOR)
        organization = await administrator.made("/organizations", {"name": "Harbor House"})
        organization_id = organization["id"]

        async def worker(name: str, role: str) -> str:
            body = {"organization_id": organization_id, "display_name": name, "practice_role": role}
            return str((await administrator.made("/workers", body))["id"])

        nurse_id = await worker("Nurse Nell Example", "nurse")
        peer_id = await worker("Peer Pat Example", "peer_support_specialist")
        supervisor_id = await worker("Supervisor Sol Example", "peer_supervisor")
        programme = await administrator.made(
            "/programmes",
            {
                "organization_id": organization_id,
                "name": "Bridges",
                "setting": "inpatient_psychiatric",
                "jurisdiction": "US-VA",
                "time_zone": "America/New_York",
                "integration_model": "co_located",
                "duty_owner_worker_id": supervisor_id,
                "protocol_code": "standard",
            },
        )
        return Network(
            tenant_id=tenant_id,
            administrator=administrator,
            nurse=caller(AccessRole.CLINICIAN, nurse_id),
            peer=caller(AccessRole.PEER, peer_id),
            supervisor=caller(AccessRole.SUPERVISOR, supervisor_id),
            organization_id=organization_id,
            programme_id=programme["id"],
            nurse_id=nurse_id,
            peer_id=peer_id,
            supervisor_id=supervisor_id,
        )

    return build


@pytest.fixture
async def network(build_network: Any) -> Network:
    """One network."""
    built: Network = await build_network()
    return built
