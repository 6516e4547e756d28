"""Other systems told by webhook: registered, told, tried again, rotated, paused, replayed; on real sockets and tables."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from aiohttp import web

from services.notifications.adapters import tables
from services.notifications.domain.endpoints import PAUSES, PAUSES_AFTER
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey


@dataclass
class Receiver:
    """The other side. `.status` is what it answers."""

    status: int = 204
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.BaseRequest) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((headers, await request.read()))
        return web.Response(status=self.status)

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]

    def last_verifies_with(self, secret: str) -> bool:
        headers, body = self.heard[-1]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mine = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return mine in headers["webhook-signature"].split(" ")


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
def more_settings() -> dict[str, Any]:
    return {"webhook_key": "w" * 32, "webhook_timeout_seconds": 2}


@pytest.fixture
def contact() -> UUID:
    return uuid4()


@pytest.fixture
def me(token_for: Any, tenant_id: UUID, contact: UUID) -> dict[str, str]:
    return bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id, worker_id=contact))


def wanted(receiver: Receiver) -> dict[str, Any]:
    return {
        "url": receiver.url,
        "event_types": ["handoff.offered", "handoff.accepted"],
        "organization_id": str(uuid4()),
    }


@pytest.fixture
async def registered(house: House, http: httpx2.AsyncClient, me: dict[str, str], receiver: Receiver) -> dict[str, Any]:
    answer = await http.post("/webhooks", json=wanted(receiver), headers=me)
    assert answer.status_code == 201, answer.text
    house.clock.advance(timedelta(minutes=2))
    found: dict[str, Any] = answer.json()
    return found


async def happen(house: House, tenant_id: UUID) -> Journey:
    journey = Journey(tenant_id=tenant_id)
    await house.live(journey.offered(uuid4(), version=2))
    await house.rounds.call_webhooks()
    return journey


async def test_told_with_ids_and_codes_only_and_signed(
    house: House, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver
) -> None:
    journey, worker = Journey(tenant_id=tenant_id), uuid4()
    offered = journey.offered(worker, version=2)
    withdrawn = journey.step(EventType.HANDOFF_WITHDRAWN, version=3)
    elsewhere = Journey().offered(worker, version=2)
    await house.live(offered, withdrawn, elsewhere)
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


async def test_the_secret_is_shown_once_and_kept_nowhere(
    house: House, http: httpx2.AsyncClient, me: dict[str, str], registered: dict[str, Any], receiver: Receiver
) -> None:
    (row,) = await house.rows(tables.webhook_endpoints)
    secret = base64.b64decode(registered["secret"].removeprefix("whsec_"))
    assert registered["secret"] not in str(row)
    assert secret not in [value for value in row if isinstance(value, bytes)]
    listed = await http.get("/webhooks", headers=me)
    assert [one["url"] for one in listed.json()] == [receiver.url]
    assert "whsec" not in listed.text
    again = await http.post("/webhooks", json=wanted(receiver), headers=me)
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")


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
    import asyncio

    other = await house.other()
    await house.live(*(Journey(tenant_id=tenant_id).offered(uuid4(), version=2) for _ in range(12)))
    await asyncio.gather(house.rounds.call_webhooks(), other.rounds.call_webhooks())
    await asyncio.gather(house.rounds.call_webhooks(), other.rounds.call_webhooks())
    assert len(receiver.heard) == len(set(receiver.ids())) == 12


async def test_rotated_with_a_day_of_grace(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    path = f"/webhooks/{registered['endpoint_id']}/rotate"
    assert (await http.post(path, headers=me)).status_code == 428
    rotated = await http.post(path, headers=me | {"If-Match": '"1"'})
    assert (rotated.status_code, rotated.headers["ETag"]) == (200, '"2"')
    assert (await http.post(path, headers=me | {"If-Match": '"1"'})).status_code == 412
    new, old = rotated.json()["secret"], registered["secret"]
    assert new != old
    await happen(house, tenant_id)
    assert receiver.last_verifies_with(new)
    assert receiver.last_verifies_with(old)
    house.clock.advance(timedelta(hours=24))
    await happen(house, tenant_id)
    assert receiver.last_verifies_with(new)
    assert not receiver.last_verifies_with(old)


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
    await house.live(*(Journey(tenant_id=tenant_id).offered(uuid4(), version=2) for _ in range(PAUSES_AFTER)))
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


async def test_removed_is_never_called_again(
    house: House,
    http: httpx2.AsyncClient,
    me: dict[str, str],
    tenant_id: UUID,
    registered: dict[str, Any],
    receiver: Receiver,
) -> None:
    path = f"/webhooks/{registered['endpoint_id']}"
    assert (await http.delete(path, headers=me | {"If-Match": '"1"'})).status_code == 204
    await happen(house, tenant_id)
    assert receiver.heard == []
    assert (await http.get("/webhooks", headers=me)).json() == []
    assert (await http.post(f"{path}/pause", headers=me | {"If-Match": '"2"'})).status_code == 404
    assert (await http.post("/webhooks", json=wanted(receiver), headers=me)).status_code == 201


async def test_only_administrators_and_only_of_this_tenant(
    http: httpx2.AsyncClient, token_for: Any, tenant_id: UUID, registered: dict[str, Any], receiver: Receiver
) -> None:
    path = f"/webhooks/{registered['endpoint_id']}"
    for role in AccessRole:
        if role in (AccessRole.ADMINISTRATOR, AccessRole.SYSTEM):
            continue
        other = bearer(token_for(role, tenant_id=tenant_id, worker_id=uuid4()))
        assert (await http.get("/webhooks", headers=other)).status_code == 403
        assert (await http.post("/webhooks", json=wanted(receiver), headers=other)).status_code == 403
        assert (await http.post(f"{path}/rotate", headers=other | {"If-Match": '"1"'})).status_code == 403
    stranger = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=uuid4()))
    assert (await http.get("/webhooks", headers=stranger)).json() == []
    assert (await http.get(f"{path}/calls", headers=stranger)).json()["items"] == []
    assert (await http.post(f"{path}/rotate", headers=stranger | {"If-Match": '"1"'})).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "ftp://zebra.example/"}, "/url"),
        ({"url": "http://zebra:canary@hooks.example/"}, "/url"),
        ({"event_types": ["consent.revoked"]}, "/event_types"),
        ({"event_types": ["zebra"]}, "/event_types/0"),
        ({"event_types": []}, "/event_types"),
        ({"organization_id": "zebra"}, "/organization_id"),
        ({"zebra": 1}, ""),
    ],
)
async def test_what_cannot_be_used_is_named_and_never_repeated(
    http: httpx2.AsyncClient, me: dict[str, str], receiver: Receiver, change: dict[str, Any], pointer: str
) -> None:
    answer = await http.post("/webhooks", json=wanted(receiver) | change, headers=me)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert "zebra" not in answer.text
