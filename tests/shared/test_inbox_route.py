"""`POST /internal/events`: for its producers only; stored and committed before the answer, then the bell."""

from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, Service
from shared.event_intake import events_router
from shared.problems import install_problem_handlers
from tests.fixtures.tokens import TokenFor, VerifierFor
from tests.shared.conftest import INBOX
from tests.shared.events import NOW, TENANT, offered


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


async def rows(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(INBOX).order_by(INBOX.c.event_id))).all())


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
async def client(engine: AsyncEngine, clock: FixedClock, verifier_for: VerifierFor, rung: list[str]) -> Any:
    app = FastAPI()
    install_problem_handlers(app)
    app.state.engine, app.state.clock = engine, clock
    app.state.token_verifier = verifier_for(Service.NOTIFICATIONS)

    def ring(request: Request) -> None:
        rung.append(request.url.path)

    app.include_router(events_router(producers=(Service.REFERRALS,), ring=ring))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        yield client


async def test_the_route_commits_and_then_rings(
    client: httpx2.AsyncClient, engine: AsyncEngine, rung: list[str], system_token_for: TokenFor
) -> None:
    token = system_token_for(Service.REFERRALS, audience=Service.NOTIFICATIONS)
    body = {"events": [offered().model_dump(mode="json")]}
    answer = await client.post("/internal/events", json=body, headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()) == (200, {"stored": 1, "already_known": 0})
    assert rung == ["/internal/events"]
    assert len(await rows(engine)) == 1


async def test_the_route_is_for_its_producers_only(
    client: httpx2.AsyncClient, engine: AsyncEngine, system_token_for: TokenFor, token_for: TokenFor
) -> None:
    body = {"events": [offered().model_dump(mode="json")]}
    tokens = {
        system_token_for(Service.SCOPE_GUARD, audience=Service.NOTIFICATIONS): 403,
        system_token_for(Service.REFERRALS, audience=Service.REFERRALS): 401,
        token_for(AccessRole.ADMINISTRATOR, tenant_id=TENANT): 403,
    }
    for token, status in tokens.items():
        answer = await client.post("/internal/events", json=body, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == status
    assert (await client.post("/internal/events", json=body)).status_code == 401
    assert await rows(engine) == []
