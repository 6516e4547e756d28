"""A message whose outcome never became known goes again letter for letter, with its link, or under a name of its own."""

from typing import Any
from uuid import UUID

import pytest

from services.notifications.adapters.tables import claim_links
from services.notifications.domain.codes import Channel
from services.notifications.use_cases.send_messages import MESSAGE_LEASE
from shared.contracts.events import EventType
from tests.fixtures.mail import SmtpServer
from tests.fixtures.sms_provider import Mood, SmsProviderDouble
from tests.services.notifications.conftest import House
from tests.services.notifications.journeys import Journey
from tests.services.notifications.texting import PHONE, TEXTS_FIRST, first_steps, offer


class Died(Exception):  # noqa: N818
    """The worker process is gone."""


@pytest.fixture
def more_settings(sms_settings: dict[str, Any]) -> dict[str, Any]:
    return sms_settings | {"console_url": "https://pages.example"}


async def _taken_by_the_provider_and_then_died(house: House, channel: Channel, journey: Journey, worker: UUID) -> None:
    sender = house.rounds.senders[channel]

    class Dying:
        async def send(self, message: Any) -> Any:
            await sender.send(message)
            raise Died

    dead = await house.other()
    object.__setattr__(dead.rounds, "senders", {channel: Dying()})
    await house.hear(journey.offered(worker, version=2))
    with pytest.raises(Died):
        await dead.process()


async def test_a_text_with_its_link_is_repeated_letter_for_letter(
    house: House, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    await _taken_by_the_provider_and_then_died(house, Channel.SMS, Journey(tenant_id=tenant_id), worker)
    await house.wait(MESSAGE_LEASE)
    assert await first_steps(house) == [("sms", "delivered", None)]
    assert (provider.asked, len(provider.taken), provider.refused) == (2, 1, 0)
    (text,) = provider.taken.values()
    assert "https://pages.example/claim/" in text.form["Body"]
    assert len(await house.rows(claim_links)) == 1


async def test_an_email_with_its_link_is_repeated_letter_for_letter(
    house: House, smtp_server: SmtpServer, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker)
    await _taken_by_the_provider_and_then_died(house, Channel.EMAIL, Journey(tenant_id=tenant_id), worker)
    await house.wait(MESSAGE_LEASE)
    first, again = (mail.message for mail in smtp_server.messages)
    assert first["Message-ID"] == again["Message-ID"]
    assert first.get_content() == again.get_content()
    assert "https://pages.example/claim/" in again.get_content()


async def test_a_repeat_that_is_not_taken_either_stays_the_same_message(
    house: House, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    """The first try may have arrived, whatever becomes of the second."""
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    provider.mood = Mood.TAKES_AND_HANGS_UP
    await offer(house, tenant_id, worker)
    for mood in (Mood.ERROR, Mood.BUSY, Mood.WELL):
        provider.mood = mood
        await house.wait(MESSAGE_LEASE)
    assert await first_steps(house) == [("sms", "delivered", None)]
    assert (provider.asked, len(provider.taken), provider.refused) == (4, 1, 0)


async def test_two_messages_about_one_item_have_different_links(
    house: House, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID
) -> None:
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    provider.mood = Mood.ERROR
    await offer(house, tenant_id, worker)  # not taken, so the next try is another message
    provider.mood = Mood.WELL
    await house.wait(MESSAGE_LEASE)
    assert await first_steps(house) == [("sms", "delivered", None)]
    assert len(await house.rows(claim_links)) == 2


@pytest.mark.parametrize("what_changed", ["a number", "a part of it ended"])
async def test_what_cannot_be_the_same_text_any_more_is_told_by_a_text_of_its_own(
    house: House, provider: SmsProviderDouble, tenant_id: UUID, worker: UUID, what_changed: str
) -> None:
    """The provider refuses the old key with another form (422). That speaks of the key, never of a number that is wrong."""
    await house.reach(tenant_id, worker, **TEXTS_FIRST)
    ending = Journey(tenant_id=tenant_id)
    await house.hear(ending.offered(worker, version=2))
    await _taken_by_the_provider_and_then_died(house, Channel.SMS, Journey(tenant_id=tenant_id), worker)
    if what_changed == "a number":
        await house.reach(tenant_id, worker, version=3, **TEXTS_FIRST | {"phone": PHONE[:-1] + "4"})
    else:
        await house.hear(ending.step(EventType.HANDOFF_WITHDRAWN, version=3))
    await house.wait(MESSAGE_LEASE)
    assert provider.refused == 1
    await house.wait(MESSAGE_LEASE)
    assert "failed" not in {state for _, state, _ in await first_steps(house)}
    assert ("sms", "delivered", None) in await first_steps(house)
    assert len(provider.taken) == 2
    assert await house.outbox() == [], "nobody is told that it failed"
