"""Metrics name routes by their template and never by an id, and only whoever is inside may read them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI

from shared.contracts.codes import Service
from shared.database import create_engine
from shared.http_client import Breaker, ServiceClient, new_session
from shared.metrics import OUTBOX_FIGURES, Metrics
from shared.service import create_service_app
from shared.tokens import OPEN_TO_ALL


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


def app_of(service: Service = Service.REFERRALS) -> FastAPI:
    app = create_service_app(service=service, title="Test", lifespan=nothing)

    @app.get("/people/{person_id}", dependencies=[OPEN_TO_ALL])
    async def read(person_id: str) -> dict[str, str]:
        return {"id": person_id}

    return app


def caller(app: FastAPI, *, address: str = "127.0.0.1") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, client=(address, 4711)), base_url="http://test")


async def test_answers_are_counted_by_template_method_and_class() -> None:
    async with caller(app_of()) as http:
        person = str(uuid4())
        for path in (f"/people/{person}", f"/people/{uuid4()}?name=Zora", "/nowhere/Zora", "/health/live"):
            await http.get(path)
        await http.request("BREW", f"/people/{person}")
        text = (await http.get("/metrics")).text
    assert 'handrail_requests_total{method="GET",route="/people/{person_id}",status="2xx"} 2.0' in text
    assert 'handrail_requests_total{method="GET",route="none",status="4xx"} 1.0' in text
    assert 'method="other"' in text
    assert 'handrail_request_seconds_count{method="GET",route="/people/{person_id}"} 2.0' in text
    for word in (person, "Zora", "BREW", "/health", 'route="/metrics"'):
        assert word not in text


@pytest.mark.parametrize(
    ("service", "address", "headers", "status"),
    [
        (Service.REFERRALS, "127.0.0.1", {}, 200),
        (Service.REFERRALS, "::1", {}, 200),
        (Service.REFERRALS, "172.18.0.5", {}, 200),
        (Service.REFERRALS, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        (Service.REFERRALS, "127.0.0.1", {"Forwarded": "for=10.0.0.1"}, 403),
        (Service.CONSOLE, "127.0.0.1", {}, 200),
        (Service.CONSOLE, "172.18.0.5", {}, 403),
        (Service.REFERRALS, "8.8.8.8", {}, 403),
    ],
)
async def test_who_may_read(service: Service, address: str, headers: dict[str, str], status: int) -> None:
    async with caller(app_of(service), address=address) as http:
        assert (await http.get("/metrics", headers=headers)).status_code == status


async def test_a_breaker_that_opened_shows_until_somebody_answers() -> None:
    breaker = Breaker(threshold=1)
    session = new_session()
    client = ServiceClient(
        base_url="http://test", target=Service.SCOPE_GUARD, session=session, tokens=None, breaker=breaker
    )
    metrics = Metrics()
    shown = []
    changes: list[Callable[[], None]] = [lambda: None, breaker.failed, breaker.succeeded]
    for change in changes:
        change()
        shown.append(
            b'handrail_breaker_open{target="scope_guard"} 1.0' in await metrics.text(engine=None, clients=[client])
        )
    await session.close()
    assert shown == [False, True, False]


async def test_a_silent_database_is_said_and_the_rest_is_still_told() -> None:
    nobody = create_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none", pool_size=1)
    metrics = Metrics(figures=(OUTBOX_FIGURES,))
    metrics.answered(method="GET", route="/people/{person_id}", status=200, seconds=0.1)
    text = (await metrics.text(engine=nobody, clients=[])).decode()
    await nobody.dispose()
    assert "handrail_live_figures_up 0.0" in text
    assert "handrail_outbox" not in text, "nobody knows that nothing waits"
    assert 'route="/people/{person_id}",status="2xx"} 1.0' in text
