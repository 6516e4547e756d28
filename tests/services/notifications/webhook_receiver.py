"""Somebody's server that is told by webhook, and checks signatures as the standard says."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from shared.contracts.events import Event, EventType
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey, worker_event

ORGANIZATION = uuid4()
"""Whose system it is."""

WEBHOOK_SETTINGS = {"webhook_key": "w" * 32, "webhook_timeout_seconds": 2}


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


def wanted(receiver: Receiver) -> dict[str, Any]:
    return {
        "url": receiver.url,
        "event_types": ["handoff.offered", "handoff.accepted"],
        "organization_id": str(ORGANIZATION),
    }


def joined(tenant_id: UUID, *, organization_id: UUID = ORGANIZATION) -> tuple[UUID, Event]:
    """Somebody of an organisation, and the event that tells of it."""
    worker = uuid4()
    return worker, worker_event(
        EventType.WORKER_REGISTERED,
        tenant_id=tenant_id,
        worker_id=worker,
        version=1,
        active=True,
        organization_id=organization_id,
    )


async def happen(house: House, tenant_id: UUID, *, organization_id: UUID = ORGANIZATION) -> Journey:
    """Somebody of the organisation is asked."""
    worker, told = joined(tenant_id, organization_id=organization_id)
    journey = Journey(tenant_id=tenant_id)
    await house.live(told, journey.offered(worker, version=2))
    await house.rounds.call_webhooks()
    return journey
