"""The worker's rounds on real parts: facts reach the consumer, what is told us is stored and applied, old rows go."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from fastapi import FastAPI

from services.referrals.main import create_worker, worker_parts
from services.referrals.settings import ReferralsSettings
from services.referrals.worker import schedule
from services.referrals.worker.tasks import WorkerParts, forget_old, process_waiting, relay_waiting
from shared.clock import FixedClock
from shared.contracts.codes import Service
from shared.contracts.events import EventBatch, EventBatchReceipt
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Network


class Neighbour:
    """A real HTTP server in the place of notifications."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = 200
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """`POST /internal/events`."""
        if self.status != 200:
            return web.Response(status=self.status)
        batch = EventBatch.model_validate_json(await request.read())
        self.received += batch.events
        receipt = EventBatchReceipt(stored=len(batch.events), already_known=0)
        return web.Response(body=receipt.model_dump_json(), content_type="application/json")


@pytest.fixture
async def neighbour() -> AsyncIterator[Neighbour]:
    """The neighbour, listening."""
    listening = Neighbour()
    application = web.Application()
    application.router.add_post("/internal/events", listening.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listening.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield listening
    await runner.cleanup()


@pytest.fixture
def parts(app: FastAPI, settings: ReferralsSettings, neighbour: Neighbour) -> WorkerParts:
    """What a worker child works with."""
    told = settings.model_copy(update={"notifications_url": neighbour.url})
    return worker_parts(told, resources=app.state.resources)


async def test_facts_reach_the_neighbour_once(network: Network, parts: WorkerParts, neighbour: Neighbour) -> None:
    await relay_waiting(parts)
    neighbour.received.clear()
    task = await network.nurse.made("/tasks", network.task(title="Walk with Robin"))
    assert await relay_waiting(parts) == 1
    assert await relay_waiting(parts) == 0
    (event,) = neighbour.received
    assert (event["type"], event["subject"]) == ("task.assigned", task["id"])
    assert event["data"]["assignee_worker_id"] == network.peer_id
    assert "Robin" not in str(event)


async def test_facts_wait_while_the_neighbour_is_down(
    network: Network, parts: WorkerParts, neighbour: Neighbour, app: FastAPI, settings: ReferralsSettings
) -> None:
    neighbour.status = 503
    assert await relay_waiting(parts) == 0
    neighbour.status = 200
    resources = app.state.resources
    later = replace(resources, clock=FixedClock(resources.clock.now() + timedelta(minutes=1)))
    told = settings.model_copy(update={"notifications_url": neighbour.url})
    assert await relay_waiting(worker_parts(told, resources=later)) == 3
    assert {event["type"] for event in neighbour.received} == {"worker.registered"}
    assert network.peer_id in {event["subject"] for event in neighbour.received}


async def test_what_is_told_us_is_stored_once_and_dealt_with(
    network: Network, parts: WorkerParts, system_token_for: TokenFor, referrals_database: ServiceDatabase
) -> None:
    """A fact that nobody here has a use for is kept and marked; a garbled one is set aside where it can be seen."""
    headers = {
        "Authorization": f"Bearer {system_token_for(Service.NOTIFICATIONS, audience=Service.REFERRALS)}",
        "Content-Type": "application/json",
    }
    garbled = {"id": str(uuid4()), "type": "delivery.failed", "data": {"tenant_id": str(network.tenant_id)}}
    for known in (0, 1):
        answer = await network.nurse.http.post("/internal/events", json={"events": [garbled]}, headers=headers)
        assert (answer.status_code, answer.json()["already_known"]) == (200, known)
    await process_waiting(parts)
    (row,) = await stored(referrals_database, "SELECT state, last_error FROM event_inbox")
    assert row["state"] == "quarantined"
    assert row["last_error"]


async def test_events_are_for_systems_only(network: Network) -> None:
    answer = await network.administrator.ask("POST", "/internal/events", {"events": [{}]})
    assert answer.status_code == 403


async def test_a_bell_is_rung_when_something_was_applied(parts: WorkerParts, network: Network) -> None:
    rung: list[str] = []

    class Applied:
        def __init__(self, count: int) -> None:
            self.count = count

        async def drain(self) -> int:
            return self.count

    for count, expected in ((0, []), (2, [schedule.RELAY])):
        ringing = replace(parts, processor=Applied(count), ring=rung.append)  # type: ignore[arg-type]
        assert await process_waiting(ringing) == count
        assert rung == expected


async def test_old_answers_and_facts_are_forgotten(
    network: Network, parts: WorkerParts, app: FastAPI, settings: ReferralsSettings, referrals_database: ServiceDatabase
) -> None:
    await network.nurse.made("/tasks", network.task(), key="k1")
    await relay_waiting(parts)
    assert await forget_old(parts) == 0
    resources = app.state.resources
    later = replace(resources, clock=FixedClock(resources.clock.now() + timedelta(days=60)))
    await forget_old(worker_parts(settings, resources=later))
    for table in ("outbox", "idempotency_keys"):
        assert await stored(referrals_database, f"SELECT 1 FROM {table}") == []
    assert len(await stored(referrals_database, "SELECT 1 FROM tasks")) == 1


def test_the_worker_knows_its_tasks(settings: ReferralsSettings) -> None:
    celery = create_worker(settings)
    ours = {name for name in celery.tasks if name.startswith("referrals.")}
    assert {entry.task for entry in schedule.BEAT_SCHEDULE.values()} == ours
    assert celery.conf.task_default_queue == "referrals"
