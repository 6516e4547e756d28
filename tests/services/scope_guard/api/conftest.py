"""The real application on the real database, asked over ASGI with real tokens; the loaded policy is the shipped one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.policy_files import load_judge
from services.scope_guard.adapters.queries import PostgresBoundaryEvents
from services.scope_guard.adapters.repositories import PostgresDecisionLog
from services.scope_guard.adapters.unit_of_work import PostgresDecisionChain
from services.scope_guard.api.dependencies import GuardParts
from services.scope_guard.main import create_app
from services.scope_guard.settings import ScopeGuardSettings
from services.scope_guard.use_cases.judge import ScopeJudge
from shared.clock import SystemClock
from shared.contracts.codes import AccessRole, Service
from shared.database import create_engine
from shared.paging import CursorSigner
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.tokens import TokenFor, VerifierFor
from tests.services.scope_guard.questions import KEY, TENANT, WordJudge
from tests.services.scope_guard.use_cases.fakes import CountingBell


@pytest.fixture
async def engine(scope_guard_database: ServiceDatabase) -> AsyncIterator[AsyncEngine]:
    """Connections of the runtime role."""
    made = create_engine(scope_guard_database.runtime_url, pool_size=5)
    yield made
    await made.dispose()


@pytest.fixture(scope="session")
def judge() -> ScopeJudge:
    """The shipped policy; reading it takes longer than any test."""
    return load_judge()


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """The application as main.py makes it, with the shipped policy; each test gives it parts."""
    settings = ScopeGuardSettings(
        database_url="postgresql://nobody:nothing@127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1/0",
        cursor_key="c" * 32,
        text_digest_key="t" * 32,
    )
    return create_app(settings)


@dataclass
class Caller:
    """Asks the application as one account."""

    client: httpx2.AsyncClient
    token: str | None

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """GET with this account's token."""
        return await self.client.get(path, headers=self._headers(options), **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx2.Response:
        """POST JSON with this account's token."""
        return await self.client.post(path, json=body, headers=self._headers(options), **options)

    async def post_raw(self, path: str, content: bytes) -> httpx2.Response:
        """POST bytes that claim to be JSON."""
        headers = self._headers({}) | {"content-type": "application/json"}
        return await self.client.post(path, content=content, headers=headers)

    def _headers(self, options: dict[str, Any]) -> dict[str, str]:
        named: dict[str, str] = options.pop("headers", {})
        return named | ({"authorization": f"Bearer {self.token}"} if self.token else {})


class Callers:
    """Everybody who may want something of the guard."""

    def __init__(self, app: FastAPI, client: httpx2.AsyncClient, people: TokenFor, systems: TokenFor) -> None:
        self._app, self._client, self._people, self._systems = app, client, people, systems

    def person(self, role: AccessRole, *, tenant_id: UUID = TENANT) -> Caller:
        """A person of a tenant."""
        return Caller(self._client, self._people(role, tenant_id=tenant_id))

    def system(self, service: Service = Service.REFERRALS) -> Caller:
        """A neighbour."""
        return Caller(self._client, self._systems(service, audience=Service.SCOPE_GUARD))

    def nobody(self) -> Caller:
        """Without a token."""
        return Caller(self._client, None)

    def use_words(self, judge: WordJudge | None = None) -> None:
        """Put the small word judge in place of the shipped policy."""
        self._app.state.guard = replace(self._app.state.guard, judge=judge or WordJudge())


@pytest.fixture
async def callers(
    app: FastAPI,
    judge: ScopeJudge,
    engine: AsyncEngine,
    token_for: TokenFor,
    system_token_for: TokenFor,
    verifier_for: VerifierFor,
) -> AsyncIterator[Callers]:
    """The application, given this test's database."""
    clock = SystemClock()
    app.state.token_verifier = verifier_for(Service.SCOPE_GUARD)
    app.state.guard = GuardParts(
        judge=judge,
        log=PostgresDecisionLog(engine),
        events=PostgresBoundaryEvents(engine),
        chain=PostgresDecisionChain(engine, clock=clock),
        clock=clock,
        cursors=CursorSigner("c" * 32),
        digest_key=KEY,
        doorbell=CountingBell(),
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        yield Callers(app, client, token_for, system_token_for)
