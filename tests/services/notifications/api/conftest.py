"""An endpoint that an administrator has registered, for the tests of webhooks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from aiohttp import web

from shared.contracts.codes import AccessRole
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.webhook_receiver import Receiver, wanted


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


@pytest.fixture
def contact() -> UUID:
    return uuid4()


@pytest.fixture
def administrator(token_for: Any, tenant_id: UUID, contact: UUID) -> dict[str, str]:
    return bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id, worker_id=contact))


@pytest.fixture
async def registered(
    house: House, http: httpx2.AsyncClient, administrator: dict[str, str], receiver: Receiver
) -> dict[str, Any]:
    answer = await http.post("/webhooks", json=wanted(receiver), headers=administrator)
    assert answer.status_code == 201, answer.text
    house.clock.advance(timedelta(minutes=2))
    found: dict[str, Any] = answer.json()
    return found
