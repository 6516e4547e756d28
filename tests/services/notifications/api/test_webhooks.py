"""Other systems told by webhook: told, tried again, paused, replayed; on real sockets and tables."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa

from services.notifications.adapters.tables import webhook_endpoints
from services.notifications.adapters.webhook_calls import PostgresCalls
from services.notifications.domain.endpoints import PAUSES, PAUSES_AFTER
from shared.contracts.events import EventType
from shared.database import transaction
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.webhook_receiver import WEBHOOK_SETTINGS, Receiver, happen, joined


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return dict(WEBHOOK_SETTINGS)


@pytest.fixture
def me(administrator: dict[str, str]) -> dict[str, str]:
    return administrator


async def test_told_with_ids_and_codes_only_and_signed(
    house: House, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver
) -> None:
    journey, (worker, told) = Journey(tenant_id=tenant_id), joined(tenant_id)
    offered = journey.offered(worker, version=2)
    withdrawn = journey.step(EventType.HANDOFF_WITHDRAWN, version=3)
    elsewhere = Journey().offered(worker, version=2)
    await house.live(told, offered, withdrawn, elsewhere)
    for _ in range(3):
        await house.rounds.call_webhooks()
    ((headers, body),) = receiver.heard
    assert headers["webhook-id"] == f"msg_{offered.id}"
    assert headers["webhook-timestamp"] == str(int(house.clock.now().timestamp()))
    assert receiver.last_verifies_with(registered["secret"])
    assert json.loads(body) == {
        "type": "handoff.offered",
        "timestamp": house.clock.now().isoformat(),
        "data": {"code": "updated_content_available", "subject_id": str(journey.handoff_id)},
    }


async def test_what_concerns_nobody_of_its_organisation_is_not_told(
    house: House, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver
) -> None:
    await happen(house, tenant_id, organization_id=uuid4())
    assert receiver.heard == []
    await happen(house, tenant_id)
    assert len(receiver.heard) == 1


async def test_what_was_planned_for_others_before_is_neither_told_nor_replayed(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    """Calls that wait since before endpoints had an organisation of their own."""
    began = house.clock.now()
    receiver.status = 503
    await happen(house, tenant_id)
    assert len(receiver.heard) == 1
    receiver.status = 204
    async with transaction(house.resources.engine, tenant_id=tenant_id) as connection:
        await connection.execute(sa.update(webhook_endpoints).values(organization_id=uuid4()))
    house.clock.advance(PAUSES[0] * 2)
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == 1
    path = f"/webhooks/{registered['endpoint_id']}"
    (call,) = (await http.get(f"{path}/calls", headers=me)).json()["items"]
    assert (call["state"], call["code"]) == ("cancelled", "not_a_party")
    assert (await http.post(f"{path}/calls/{call['call_id']}/replay", headers=me)).status_code == 404
    time = {"since": began.isoformat(), "until": house.clock.now().isoformat()}
    assert (await http.post(f"{path}/replay", json=time, headers=me)).json() == {"count": 0}
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == 1


async def test_tried_again_with_the_same_id_until_it_is_taken(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    receiver.status = 503
    await happen(house, tenant_id)
    calls = (await http.get(f"/webhooks/{registered['endpoint_id']}/calls", headers=me)).json()["items"]
    assert [(one["state"], one["code"], one["attempts"]) for one in calls] == [("retry", "temporarily_refused", 1)]
    assert calls[0]["explanation"].endswith("It will be tried again.")
    assert calls[0]["next_try_at"] is not None
    house.clock.advance(PAUSES[0])
    receiver.status = 200
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == 2
    assert len(set(receiver.ids())) == 1
    calls = (await http.get(f"/webhooks/{registered['endpoint_id']}/calls", headers=me)).json()["items"]
    assert [(one["state"], one["code"]) for one in calls] == [("delivered", None)]


async def test_two_beats_at_once_tell_once(
    house: House, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver
) -> None:
    other = await house.other()
    worker, told = joined(tenant_id)
    await house.live(told, *(Journey(tenant_id=tenant_id).offered(worker, version=2) for _ in range(12)))
    await asyncio.gather(house.rounds.call_webhooks(), other.rounds.call_webhooks())
    await house.rounds.call_webhooks()  # what one left to the other while it held the endpoint
    assert len(receiver.heard) == len(set(receiver.ids())) == 12


async def test_calls_are_settled_while_the_endpoint_is_still_held(
    house: House, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes the endpoint next would otherwise find the same calls still due, and make them again."""
    settle, held = PostgresCalls.settle, []

    async def watched_settle(self: PostgresCalls, *what: Any, **how: Any) -> None:
        (endpoint,) = await house.rows(webhook_endpoints)
        held.append(endpoint.busy_until is not None)
        await settle(self, *what, **how)

    monkeypatch.setattr(PostgresCalls, "settle", watched_settle)
    await happen(house, tenant_id)
    assert held == [True]
    assert len(receiver.heard) == 1


async def test_paused_when_it_keeps_failing_and_the_operator_is_told(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    contact: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
    smtp_server: SmtpServer,
) -> None:
    await house.reach(tenant_id, contact)
    receiver.status = 500
    worker, told = joined(tenant_id)
    await house.live(told, *(Journey(tenant_id=tenant_id).offered(worker, version=2) for _ in range(PAUSES_AFTER)))
    for _ in range(40):
        await house.rounds.call_webhooks()
        house.clock.advance(timedelta(minutes=11))
    (listed,) = (await http.get("/webhooks", headers=me)).json()
    assert (listed["state"], listed["pause_code"]) == ("paused", "kept_failing")
    asked = len(receiver.heard)
    house.clock.advance(timedelta(days=1))
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == asked
    for _ in range(3):
        await house.rounds.write()
    assert [mail.message.get_content() for mail in smtp_server.messages] == [
        "A connection was paused. Sign in to see it.\r\n"
    ]


async def test_what_happened_while_it_was_paused_can_be_replayed(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    path, began = f"/webhooks/{registered['endpoint_id']}", house.clock.now()
    await happen(house, tenant_id)
    house.clock.advance(timedelta(minutes=5))
    assert (await http.post(f"{path}/pause", headers=me | {"If-Match": '"1"'})).json()[
        "pause_code"
    ] == "by_administrator"
    await happen(house, tenant_id)
    house.clock.advance(timedelta(minutes=5))
    assert (await http.post(f"{path}/resume", headers=me | {"If-Match": '"2"'})).json()["state"] == "active"
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == 1
    time = {"since": began.isoformat(), "until": house.clock.now().isoformat()}
    replayed = await http.post(f"{path}/replay", json=time, headers=me)
    assert (replayed.status_code, replayed.json()) == (202, {"count": 2})
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == 3
    assert len(set(receiver.ids())) == 2  # the first one again, under its own id
    calls = (await http.get(f"{path}/calls?limit=1", headers=me)).json()
    one = await http.post(f"{path}/calls/{calls['items'][0]['call_id']}/replay", headers=me)
    assert one.status_code == 202
    await house.rounds.call_webhooks()
    assert len(receiver.heard) == 4
    too_long = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert (await http.post(f"{path}/replay", json=too_long, headers=me)).status_code == 422
    rest = (await http.get(f"{path}/calls?cursor={calls['next_cursor']}", headers=me)).json()
    assert len(rest["items"]) == 1
