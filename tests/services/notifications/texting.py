"""Workers who want texts, and the provider's side of what is said about them."""

from datetime import timedelta
from uuid import UUID

import httpx2

from services.notifications.domain.codes import Channel
from tests.fixtures.sms_provider import SmsProviderDouble
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey

CALLBACKS = "https://handrail.example/callbacks/sms"
PHONE = "+12125550143"
TEXTS_FIRST = {"phone": PHONE, "sms_on": True, "channel_order": (Channel.SMS, Channel.EMAIL)}


async def offer(house: House, tenant_id: UUID, worker: UUID, *, count: int = 1) -> list[Journey]:
    journeys = [Journey(tenant_id=tenant_id) for _ in range(count)]
    await house.live(*(journey.offered(worker, version=2) for journey in journeys))
    return journeys


async def first_steps(house: House) -> list[tuple[str, str, str | None]]:
    return sorted((row.channel, row.state, row.code) for row in await house.deliveries(step=1))


class Callbacks:
    """The provider's side of the callbacks of one message."""

    def __init__(self, house: House, http: httpx2.AsyncClient, provider: SmsProviderDouble) -> None:
        self._house, self._http, self._provider = house, http, provider

    async def say(self, path: str, *, late: timedelta = timedelta(0), forged: bool = False, **fields: str) -> int:
        at = int((self._house.clock.now() - late).timestamp())
        secret = b"f" * 32 if forged else None
        body, headers = self._provider.callback(CALLBACKS + path, at=at, secret=secret, **fields)
        answer = await self._http.post("/callbacks/sms" + path, content=body, headers=headers)
        return answer.status_code


async def texted(house: House, tenant_id: UUID, worker: UUID) -> str:
    """A worker was sent a text; the path of its callbacks."""
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    await offer(house, tenant_id, worker)
    (row,) = await house.deliveries(step=1)
    return f"/{tenant_id}/{row.message_id}"
