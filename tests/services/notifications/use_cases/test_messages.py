"""Messages by the ways workers prefer: one for all that comes at once, round outages, never twice, never silently dropped."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from services.notifications.domain.codes import Channel
from services.notifications.domain.gates import FIRST_REST, TRIES_TO_CLOSE, TRIES_TO_OPEN, GateState
from services.notifications.use_cases.send_messages import MESSAGE_LEASE, MOST_IN_WINDOW, WINDOW
from shared.contracts.codes import AccessRole
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.fixtures.sms_provider import Mood, SmsProviderDouble
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey

CALLBACKS = "https://handrail.example/callbacks/sms"
PHONE = "+12125550143"
TEXTS_FIRST = {"phone": PHONE, "sms_on": True, "channel_order": (Channel.SMS, Channel.EMAIL)}


class Died(Exception):  # noqa: N818
    """The worker process is gone."""


@pytest.fixture
async def provider() -> AsyncIterator[SmsProviderDouble]:
    double = SmsProviderDouble()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def more_settings(provider: SmsProviderDouble) -> dict[str, Any]:
    return {
        "sms_url": provider.url,
        "sms_sender": "+12125550100",
        "sms_timeout_seconds": 0.3,
        "sms_messages_per_minute": 600,
        "sms_callback_url": CALLBACKS,
        "sms_callback_secret": provider.secret.decode(),
    }


@pytest.fixture
def worker() -> UUID:
    return uuid4()


async def offer(house: House, tenant_id: UUID, worker: UUID, *, count: int = 1) -> list[Journey]:
    journeys = [Journey(tenant_id=tenant_id) for _ in range(count)]
    await house.live(*(journey.offered(worker, version=2) for journey in journeys))
    return journeys


async def first_steps(house: House) -> list[tuple[str, str, str | None]]:
    return sorted((row.channel, row.state, row.code) for row in await house.deliveries(step=1))


async def test_a_text_instead_of_an_email(
    house: House, provider: SmsProviderDouble, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    await offer(house, tenant_id, worker)
    (text,) = provider.taken.values()
    assert text.form["Body"] == "You have 1 new handoff. Sign in to see it."
    assert smtp_server.messages == []
    assert await first_steps(house) == [("sms", "delivered", None)]


async def test_two_hundred_at_once_are_two_hundred_items_and_one_message(
    house: House, provider: SmsProviderDouble, smtp_server: SmtpServer, tenant_id: UUID
) -> None:
    by_mail, by_text = uuid4(), uuid4()
    await house.reach(tenant_id, by_mail)
    await house.reach(tenant_id, by_text, **TEXTS_FIRST)
    for supervisor in (by_mail, by_text):
        await house.hear(*(Journey(tenant_id=tenant_id).offered(supervisor, version=2) for _ in range(200)))
    await house.rounds.process_inbox()
    for supervisor in (by_mail, by_text):
        assert len(await house.items(worker_id=supervisor, state="open")) == 200
    (mail,) = smtp_server.messages
    assert mail.message.get_content() == "You have 200 new handoffs. Sign in to see them.\r\n"
    (text,) = provider.taken.values()
    assert text.form["Body"] == "You have 200 new handoffs. Sign in to see them."
    assert set(await first_steps(house)) == {("email", "delivered", None), ("sms", "delivered", None)}


async def test_while_events_wait_to_be_applied_messages_wait_for_them(
    house: House, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker)
    await house.hear(Journey(tenant_id=tenant_id).offered(worker, version=2))
    await house.rounds.apply_events()
    await house.hear(Journey(tenant_id=tenant_id).offered(worker, version=2))
    await house.rounds.deliver()
    assert len(await house.items(state="open")) == 1  # the inbox waits for nobody
    assert smtp_server.messages == []
    await house.rounds.process_inbox()
    assert [mail.message["Subject"] for mail in smtp_server.messages] == ["You have 2 new handoffs"]


async def test_a_storm_becomes_a_few_messages_and_nothing_is_dropped(
    house: House, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker)
    for _ in range(MOST_IN_WINDOW):
        await offer(house, tenant_id, worker)
        house.clock.advance(timedelta(seconds=1))
    await offer(house, tenant_id, worker, count=20)
    assert len(smtp_server.messages) == MOST_IN_WINDOW
    waiting = [row for row in await house.deliveries(step=1) if row.state == "retry"]
    assert {row.code for row in waiting} == {"bundled"}
    assert len(await house.items(state="open")) == MOST_IN_WINDOW + 20
    await house.wait(WINDOW)
    assert smtp_server.messages[-1].message["Subject"] == "You have 20 new handoffs"
    assert await first_steps(house) == [("email", "delivered", None)] * (MOST_IN_WINDOW + 20)


async def test_round_an_outage_once_and_back_when_it_is_over(
    house: House, provider: SmsProviderDouble, smtp_server: SmtpServer, tenant_id: UUID
) -> None:
    """Texts fail, the breaker opens, e-mails go instead; probes close it again. Nobody is told of a handoff twice."""
    provider.mood = Mood.ERROR
    workers = [uuid4() for _ in range(TRIES_TO_OPEN)]
    for one in workers:
        await house.reach(tenant_id, one, **TEXTS_FIRST)
    await house.live(*(Journey(tenant_id=tenant_id).offered(one, version=2) for one in workers))
    assert set(await first_steps(house)) == {("sms", "retry", "provider_down")}
    assert provider.asked == TRIES_TO_OPEN
    await house.wait(timedelta(seconds=15))
    assert provider.asked == TRIES_TO_OPEN
    assert set(await first_steps(house)) == {("email", "delivered", "went_another_way")}
    assert len(smtp_server.messages) == TRIES_TO_OPEN
    provider.mood = Mood.WELL
    await house.wait(FIRST_REST)
    for number in range(TRIES_TO_CLOSE):
        await offer(house, tenant_id, workers[number])
    assert len(provider.taken) == TRIES_TO_CLOSE
    (sms,) = [gate for gate in await house.rounds.gates.read(now=house.clock.now()) if gate.channel is Channel.SMS]
    assert sms.state(house.clock.now()) is GateState.CLOSED
    assert len(smtp_server.messages) == TRIES_TO_OPEN


async def test_no_way_round_means_waiting_never_dropping(
    house: House, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker, **TEXTS_FIRST | {"email": None})
    provider.mood = Mood.ERROR
    for _ in range(TRIES_TO_OPEN):
        await offer(house, tenant_id, worker)
        house.clock.advance(timedelta(minutes=3))
        await house.rounds.sweep()
    waiting = {(row.state, row.code) for row in await house.deliveries() if row.state == "retry"}
    assert ("retry", "provider_down") in waiting
    provider.mood = Mood.WELL
    await house.wait(timedelta(minutes=25))
    assert set(await first_steps(house)) == {("sms", "delivered", None)}


async def test_a_rate_limit_is_told_and_waited_for(
    house: House, provider: SmsProviderDouble, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    provider.mood = Mood.BUSY
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    other = uuid4()
    await house.reach(tenant_id, other, **TEXTS_FIRST)
    await offer(house, tenant_id, worker)
    provider.mood = Mood.WELL
    await offer(house, tenant_id, other)  # the provider asked us to wait, not this worker
    assert await first_steps(house) == [("email", "retry", "rate_limited"), ("sms", "retry", "rate_limited")]
    assert (provider.asked, smtp_server.messages) == (1, [])
    await house.wait(timedelta(seconds=41))
    assert len(provider.taken) == 2


@pytest.mark.parametrize("mood", [Mood.TAKES_AND_FALLS_SILENT, Mood.TAKES_AND_HANGS_UP])
async def test_what_may_have_arrived_is_repeated_as_the_same_text_and_by_no_other_way(
    house: House, provider: SmsProviderDouble, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID, mood: Mood
) -> None:
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    provider.mood = mood
    await offer(house, tenant_id, worker)
    assert await first_steps(house) == [("sms", "retry", "outcome_unknown")]
    for _ in range(TRIES_TO_OPEN):  # the breaker opens, and still no e-mail goes: it would tell twice
        await house.wait(timedelta(minutes=5))
    await offer(house, tenant_id, worker)
    provider.mood = Mood.WELL
    await house.wait(timedelta(minutes=30))
    first, *others = await house.deliveries(step=1)
    assert (first.channel, first.state) == ("sms", "delivered")
    assert str(first.message_id) in provider.taken
    assert len(provider.taken) <= 1 + len(others)
    told_by_mail = sum(row.channel == "email" for row in others)
    assert len(smtp_server.messages) == told_by_mail


async def test_a_worker_that_died_after_the_provider_took_it_leaves_one_text(
    house: House, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    """P6, with a provider that honours the key: the repeat is the same message, and it is sent once."""
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    sms = house.rounds.senders[Channel.SMS]

    class Dying:
        async def send(self, message: Any) -> Any:
            await sms.send(message)
            raise Died

    dead = await house.other()
    object.__setattr__(dead.rounds, "senders", {Channel.SMS: Dying()})
    await house.hear(Journey(tenant_id=tenant_id).offered(worker, version=2))
    with pytest.raises(Died):
        await dead.rounds.process_inbox()
    await house.rounds.deliver()
    assert provider.asked == 1
    await house.wait(MESSAGE_LEASE)
    assert await first_steps(house) == [("sms", "delivered", None)]
    assert (provider.asked, len(provider.taken)) == (2, 1)


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


@pytest.fixture
def callbacks(house: House, http: httpx2.AsyncClient, provider: SmsProviderDouble) -> Callbacks:
    return Callbacks(house, http, provider)


async def texted(house: House, tenant_id: UUID, worker: UUID) -> str:
    """A worker was sent a text; the path of its callbacks."""
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    await offer(house, tenant_id, worker)
    (row,) = await house.deliveries(step=1)
    return f"/{tenant_id}/{row.message_id}"


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
        await house.rounds.deliver()
    assert [mail.message["Subject"] for mail in smtp_server.messages] == ["You have 1 new handoff"]
    assert len(await house.items()) == 1


async def test_once_it_is_over_nothing_goes_instead(
    house: House, callbacks: Callbacks, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    path = await texted(house, tenant_id, worker)
    (item,) = await house.items()
    journey = Journey(tenant_id=tenant_id, transition_id=item.story_id, handoff_id=item.subject_id)
    await house.live(journey.step(EventType.HANDOFF_ACCEPTED, version=3, worker_id=worker))
    await callbacks.say(path, MessageStatus="undelivered")
    await house.rounds.deliver()
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


async def test_administrators_see_how_the_providers_stand(
    house: House, http: httpx2.AsyncClient, token_for: Any, tenant_id: UUID, provider: SmsProviderDouble
) -> None:
    provider.mood = Mood.ERROR
    for _ in range(TRIES_TO_OPEN):
        worker = uuid4()
        await house.reach(tenant_id, worker, **TEXTS_FIRST)
        await offer(house, tenant_id, worker)
    me = bearer(token_for(AccessRole.ADMINISTRATOR, tenant_id=tenant_id))
    found = {one["channel"]: one for one in (await http.get("/providers", headers=me)).json()}
    assert {name: one["state"] for name, one in found.items()} == {"email": "closed", "sms": "open"}
    assert found["sms"]["open_until"] is not None
    peer = bearer(token_for(AccessRole.PEER, tenant_id=tenant_id, worker_id=uuid4()))
    assert (await http.get("/providers", headers=peer)).status_code == 403
