"""The mail server is as it says, to the product's own e-mail channel, and counts whom it met in which mood."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.notifications.adapters.email_channel import EmailChannel, MailServer
from services.notifications.domain.codes import DeliveryCode, ItemKind
from services.notifications.domain.outcomes import Delivered, Rejected, RetryAfter
from services.notifications.domain.wording import outbound
from services.notifications.use_cases.ports import Message
from shared.clock import SystemClock
from tests.faults.storm.mail_server import FaultyMailServer, Mood


@pytest.fixture
async def server() -> AsyncIterator[FaultyMailServer]:
    server = FaultyMailServer()
    await server.start()
    yield server
    await server.stop()


def channel(server: FaultyMailServer) -> EmailChannel:
    there = MailServer(host="127.0.0.1", port=server.port, sender="no-reply@handrail.example", timeout_seconds=0.5)
    return EmailChannel(there, clock=SystemClock())


def message() -> Message:
    return Message(
        message_id=uuid4(), tenant_id=uuid4(), address="peer@storm.example", words=outbound([ItemKind.HANDOFF_OFFERED])
    )


async def test_each_mood_is_told_apart_and_counted(server: FaultyMailServer) -> None:
    email = channel(server)
    assert isinstance(await email.send(message()), Delivered)
    server.turn(Mood.BUSY)
    busy = await email.send(message())
    assert isinstance(busy, RetryAfter)
    assert busy.code is DeliveryCode.TEMPORARILY_REFUSED
    server.turn(Mood.REFUSES)
    assert isinstance(await email.send(message()), Rejected)
    assert server.harmed == {Mood.BUSY: 1, Mood.REFUSES: 1}
    assert len(server.taken) == 1


async def test_one_that_takes_and_falls_silent_has_the_message_all_the_same(server: FaultyMailServer) -> None:
    server.turn(Mood.TAKES_AND_FALLS_SILENT)
    sent = message()
    outcome = await channel(server).send(sent)
    assert isinstance(outcome, RetryAfter)
    assert outcome.code is DeliveryCode.OUTCOME_UNKNOWN
    assert [str(sent.message_id) in mail.message_id for mail in server.taken] == [True]
    server.heal()
    await asyncio.sleep(0)
    assert isinstance(await channel(server).send(message()), Delivered)
