"""Messages by the ways workers prefer: one for all that comes at once, round outages, never twice, never silently dropped."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import structlog

from services.notifications.adapters import email_channel, gate_book, sms_channel
from services.notifications.domain.codes import Channel
from services.notifications.domain.gates import FIRST_REST, TRIES_TO_CLOSE, TRIES_TO_OPEN, GateState
from services.notifications.use_cases.send_messages import MESSAGE_LEASE, WINDOW
from shared.contracts.codes import AccessRole
from shared.logs import configure_logs
from tests.fixtures.mail import SmtpServer
from tests.fixtures.sms_provider import Mood, SmsProviderDouble
from tests.services.notifications.api.test_inbox import bearer
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.texting import PHONE, TEXTS_FIRST, first_steps, offer


class Died(Exception):  # noqa: N818
    """The worker process is gone."""


MOST_IN_WINDOW = 3


@pytest.fixture
def more_settings(sms_settings: dict[str, Any]) -> dict[str, Any]:
    return sms_settings | {"worker_messages_per_minute": MOST_IN_WINDOW}


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
    await house.process()
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
    await house.deliver()
    assert len(await house.items(state="open")) == 1  # the inbox waits for nobody
    assert smtp_server.messages == []
    await house.process()
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
        await house.sweep()
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
        await dead.process()
    await house.deliver()
    assert provider.asked == 1
    await house.wait(MESSAGE_LEASE)
    assert await first_steps(house) == [("sms", "delivered", None)]
    assert (provider.asked, len(provider.taken)) == (2, 1)


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


async def test_no_log_names_a_number_an_address_or_a_secret(
    house: House,
    provider: SmsProviderDouble,
    smtp_server: SmtpServer,
    tenant_id: UUID,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Our own lines through the house's filter; where those of a module go was settled by whichever test came first."""
    ours, addresses = StringIO(), []
    configure_logs("notifications")
    logger = structlog.wrap_logger(structlog.PrintLogger(ours), processors=structlog.get_config()["processors"])
    for module in (sms_channel, email_channel, gate_book):
        monkeypatch.setattr(module, "_log", logger)
    for mood in [*Mood, *[Mood.ERROR] * TRIES_TO_OPEN]:
        house.clock.advance(timedelta(minutes=2))
        provider.mood, worker = mood, uuid4()
        addresses.append(await house.reach(tenant_id, worker, **TEXTS_FIRST))
        smtp_server.fail_with(550)
        await offer(house, tenant_id, worker)
    printed = "".join(capfd.readouterr()) + ours.getvalue()
    assert "sms_not_delivered" in ours.getvalue()
    assert "provider_gate_changed" in ours.getvalue()
    for secret in (PHONE, PHONE[1:], *addresses, "people.example", provider.secret.decode(), provider.url):
        assert secret not in printed
