"""What the provider of texts says afterwards: late, twice, out of order, forged; and what workers answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from services.notifications.domain.codes import Channel
from services.notifications.use_cases.send_messages import WINDOW
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.fixtures.sms_provider import Mood, SmsProviderDouble
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.texting import (
    CALLBACKS,
    PHONE,
    TEXTS_FIRST,
    Callbacks,
    first_steps,
    offer,
    texted,
)


@pytest.fixture
def more_settings(sms_settings: dict[str, Any]) -> dict[str, Any]:
    return sms_settings


async def receipt(http: httpx2.AsyncClient, token_for: Any, tenant_id: UUID) -> tuple[str | None, str]:
    me = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id))
    page = (await http.get("/deliveries?channel=sms", headers=me)).json()
    (entry,) = page["items"]
    return entry["receipt"], entry["explanation"]


async def test_receipts_late_twice_out_of_order_and_forged(
    house: House, http: httpx2.AsyncClient, callbacks: Callbacks, token_for: Any, tenant_id: UUID, worker: UUID
) -> None:
    path = await texted(house, tenant_id, worker)
    assert await callbacks.say(path, MessageStatus="delivered", forged=True) == 401
    assert await callbacks.say(path, MessageStatus="failed", late=timedelta(minutes=6)) == 401
    assert (await receipt(http, token_for, tenant_id))[0] is None
    assert await callbacks.say(path, MessageStatus="sent") == 204
    assert await callbacks.say(path, MessageStatus="delivered") == 204
    for word in ("queued", "sent", "delivered", "failed", "undelivered", "nonsense"):
        assert await callbacks.say(path, MessageStatus=word) == 204
    assert await receipt(http, token_for, tenant_id) == (
        "delivered",
        "Sent. It will not be sent again. It has arrived.",
    )
    assert await first_steps(house) == [("sms", "delivered", None)]


async def test_a_signature_is_for_one_address_and_one_body(
    house: House, http: httpx2.AsyncClient, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    path = await texted(house, tenant_id, worker)
    body, headers = provider.callback(CALLBACKS + path, at=int(house.clock.now().timestamp()), MessageStatus="sent")
    elsewhere = f"/{tenant_id}/{uuid4()}"
    assert (await http.post("/callbacks/sms" + elsewhere, content=body, headers=headers)).status_code == 401
    assert (await http.post("/callbacks/sms" + path, content=body + b"&x=1", headers=headers)).status_code == 401
    assert (await http.post("/callbacks/sms" + path, content=body)).status_code == 401
    later = headers | {"X-Handrail-Timestamp": str(int(headers["X-Handrail-Timestamp"]) + 1)}
    assert (await http.post("/callbacks/sms" + path, content=body, headers=later)).status_code == 401
    assert (await http.post("/callbacks/sms" + path, content=body, headers=headers)).status_code == 204


async def test_a_text_that_did_not_arrive_is_told_by_email_once(
    house: House, callbacks: Callbacks, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    path = await texted(house, tenant_id, worker)
    for _ in range(2):
        assert await callbacks.say(path, MessageStatus="undelivered") == 204
        await house.deliver()
    assert [mail.message["Subject"] for mail in smtp_server.messages] == ["You have 1 new handoff"]
    assert len(await house.items()) == 1


async def test_a_provider_who_says_at_once_that_it_did_not_arrive_is_heard(
    house: House,
    callbacks: Callbacks,
    provider: SmsProviderDouble,
    smtp_server: SmtpServer,
    tenant_id: UUID,
    worker: UUID,
) -> None:
    """Before we have recorded that it took the text, which is when the whole round is over."""
    text = house.rounds.senders[Channel.SMS]

    class Hasty:
        async def send(self, message: Any) -> Any:
            outcome = await text.send(message)
            path = f"/{message.tenant_id}/{message.message_id}"
            assert await callbacks.say(path, MessageStatus="undelivered") == 204
            return outcome

    senders = dict(house.rounds.senders) | {Channel.SMS: Hasty()}
    object.__setattr__(house.rounds, "senders", senders)
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    await offer(house, tenant_id, worker)
    await house.deliver()
    assert await first_steps(house) == [("sms", "delivered", None)]
    assert [mail.message["Subject"] for mail in smtp_server.messages] == ["You have 1 new handoff"]


async def test_once_it_is_over_nothing_goes_instead(
    house: House, callbacks: Callbacks, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    path = await texted(house, tenant_id, worker)
    (item,) = await house.items()
    journey = Journey(tenant_id=tenant_id, transition_id=item.story_id, handoff_id=item.subject_id)
    await house.live(journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker))
    await callbacks.say(path, MessageStatus="undelivered")
    await house.deliver()
    assert smtp_server.messages == []


async def test_a_receipt_that_comes_before_our_own_answer_settles_it(
    house: House, callbacks: Callbacks, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    provider.mood = Mood.TAKES_AND_HANGS_UP
    path = await texted(house, tenant_id, worker)
    assert await first_steps(house) == [("sms", "retry", "outcome_unknown")]
    await callbacks.say(path, MessageStatus="sent")
    assert await first_steps(house) == [("sms", "delivered", None)]
    await house.wait(timedelta(minutes=5))
    assert provider.asked == 1


async def test_stop_is_respected_until_start(
    house: House,
    http: httpx2.AsyncClient,
    callbacks: Callbacks,
    provider: SmsProviderDouble,
    smtp_server: SmtpServer,
    tenant_id: UUID,
    worker: UUID,
) -> None:
    await texted(house, tenant_id, worker)
    assert await callbacks.say("", From=PHONE, Body="STOP", forged=True) == 401
    assert await callbacks.say("", From=PHONE, Body="who are you?") == 204
    assert await callbacks.say("", From="+12125550199", Body="STOP") == 204  # nobody's
    await offer(house, tenant_id, worker)
    assert len(provider.taken) == 2
    assert await callbacks.say("", From=PHONE, Body="Stop.") == 204
    await offer(house, tenant_id, worker)
    assert (len(provider.taken), len(smtp_server.messages)) == (2, 1)
    only_texts = uuid4()
    await house.reach(tenant_id, only_texts, **TEXTS_FIRST | {"email": None})
    await offer(house, tenant_id, only_texts)
    assert {row.code for row in await house.deliveries(worker_id=only_texts, step=1)} == {"opted_out"}
    assert len(await house.items(worker_id=only_texts, state="open")) == 1
    assert await callbacks.say("", From=PHONE, Body="start") == 204
    house.clock.advance(WINDOW)
    await offer(house, tenant_id, worker)
    assert len(provider.taken) == 3
