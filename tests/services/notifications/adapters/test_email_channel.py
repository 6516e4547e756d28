"""What the channel makes of everything a mail server can do, on real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from services.notifications.adapters.email_channel import GREYLISTING_PAUSE, EmailChannel, MailServer
from services.notifications.domain.codes import Channel, DeliveryCode, ItemKind
from services.notifications.domain.outcomes import MAX_ATTEMPTS, Delivered, Outcome, Rejected, RetryAfter
from services.notifications.domain.wording import outbound
from services.notifications.use_cases.ports import Message
from shared.clock import FixedClock
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.adapters.smtp_faults import FaultySmtp
from tests.services.notifications.conftest import House
from tests.services.notifications.domain.test_words import HEALTH_WORDS
from tests.services.notifications.journeys import NOON, Journey


def channel(port: int, *, timeout: float = 5, **more: str) -> EmailChannel:
    server = MailServer(
        host="127.0.0.1", port=port, sender="no-reply@handrail.example", timeout_seconds=timeout, **more
    )
    return EmailChannel(server, clock=FixedClock(NOON))


def message() -> Message:
    return Message(
        message_id=uuid4(),
        tenant_id=uuid4(),
        address="rowan@people.example",
        words=outbound([ItemKind.HANDOFF_OFFERED]),
    )


@pytest.fixture
async def faulty() -> AsyncIterator[FaultySmtp]:
    server = FaultySmtp()
    await server.start()
    yield server
    await server.stop()


async def test_accepted(smtp_server: SmtpServer) -> None:
    sent = message()
    assert await channel(smtp_server.port).send(sent) == Delivered()
    (mail,) = smtp_server.messages
    assert (mail.sender, mail.recipients) == ("no-reply@handrail.example", ("rowan@people.example",))
    assert mail.message["Message-ID"] == f"<{sent.message_id}@handrail.example>"
    assert mail.message["Auto-Submitted"] == "auto-generated"


async def test_the_message_holds_nothing_but_what_it_may(smtp_server: SmtpServer) -> None:
    await channel(smtp_server.port).send(message())
    (mail,) = smtp_server.messages
    assert {name.lower() for name in mail.message} <= {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type",
        "content-transfer-encoding", "x-peer", "x-mailfrom", "x-rcptto",
    }  # fmt: skip
    visible = f"{mail.message['From']} {mail.message['Subject']} {mail.message.get_content()}"
    assert not HEALTH_WORDS.search(visible.replace("handrail", ""))


RETRY, REJECT = RetryAfter, Rejected
CASES: list[tuple[str, dict[str, str | None], Outcome]] = [
    ("greylisted", {"RCPT": "451 come back later"}, RETRY(DeliveryCode.GREYLISTED, GREYLISTING_PAUSE)),
    ("greylisted, 450", {"RCPT": "450 come back later"}, RETRY(DeliveryCode.GREYLISTED, GREYLISTING_PAUSE)),
    ("recipient later", {"RCPT": "452 too many"}, RETRY(DeliveryCode.TEMPORARILY_REFUSED)),
    ("mailbox busy", {".": "450 busy"}, RETRY(DeliveryCode.TEMPORARILY_REFUSED)),
    ("sender later", {"MAIL": "421 closing"}, RETRY(DeliveryCode.TEMPORARILY_REFUSED)),
    ("no such mailbox", {"RCPT": "550 nobody here"}, REJECT(DeliveryCode.RECIPIENT_REFUSED)),
    ("sender refused", {"MAIL": "553 not you"}, REJECT(DeliveryCode.SENDER_REFUSED)),
    ("message refused", {".": "554 no"}, REJECT(DeliveryCode.MESSAGE_REFUSED)),
    ("data refused", {"DATA": "554 no"}, REJECT(DeliveryCode.MESSAGE_REFUSED)),
    ("silence after the message", {".": None}, RETRY(DeliveryCode.OUTCOME_UNKNOWN)),
    ("hang up after the message", {".": ""}, RETRY(DeliveryCode.OUTCOME_UNKNOWN)),
    ("silence before the message", {"RCPT": None}, RETRY(DeliveryCode.TIMED_OUT)),
    ("hang up before the message", {"MAIL": ""}, RETRY(DeliveryCode.CONNECTION_FAILED)),
    ("nonsense", {"MAIL": "hello there"}, RETRY(DeliveryCode.TEMPORARILY_REFUSED)),
]


@pytest.mark.parametrize(("name", "answers", "expected"), CASES, ids=[case[0] for case in CASES])
async def test_told_apart(faulty: FaultySmtp, name: str, answers: dict[str, str | None], expected: Outcome) -> None:
    faulty.answers = answers
    assert await channel(faulty.port, timeout=0.4).send(message()) == expected
    assert set(answers) <= set(faulty.heard), "the fault was not reached"


@pytest.mark.parametrize(
    ("banner", "code"),
    [
        ("421 too busy", DeliveryCode.TEMPORARILY_REFUSED),
        ("554 not you", DeliveryCode.TEMPORARILY_REFUSED),
        (None, DeliveryCode.TIMED_OUT),
        ("", DeliveryCode.CONNECTION_FAILED),
    ],
)
async def test_a_refused_connection_speaks_of_our_set_up(
    faulty: FaultySmtp, banner: str | None, code: DeliveryCode
) -> None:
    faulty.banner = banner
    assert await channel(faulty.port, timeout=0.4).send(message()) == RetryAfter(code)


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        port = taken.getsockname()[1]
        assert await channel(port).send(message()) == RetryAfter(DeliveryCode.CONNECTION_FAILED)


async def test_a_sign_in_that_is_not_accepted(faulty: FaultySmtp) -> None:
    faulty.answers = {"EHLO": "250-faults.example\r\n250 AUTH PLAIN", "AUTH": "535 no"}
    outcome = await channel(faulty.port, username="somebody", password="wrong").send(message())
    assert outcome == RetryAfter(DeliveryCode.LOGIN_REFUSED)


async def test_a_451_is_tried_again_until_it_is_taken(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    smtp_server.fail_with(451)
    await house.live(journey.offered(worker, version=2))
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code, row.attempts) == ("retry", "temporarily_refused", 1)
    assert row.next_at - house.clock.now() == timedelta(seconds=15)
    smtp_server.fail_with(None)
    await house.wait(timedelta(seconds=15))
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code, row.attempts) == ("delivered", None, 2)
    (mail,) = smtp_server.messages
    assert mail.message["Message-ID"] == f"<{row.message_id}@handrail.example>"


async def test_a_550_fails_and_is_announced_once(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    smtp_server.fail_with(550)
    await house.live(journey.offered(worker, version=2, ladder="called_back"))
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code) == ("failed", "message_refused")
    await house.wait(timedelta(minutes=10))
    assert [event.type for event in await house.outbox()] == ["delivery.failed"]
    assert [event.done_at is not None for event in await house.outbox()] == [True]
    assert smtp_server.attempts == 1


async def test_a_server_that_never_accepts_ends_in_a_visible_failure(house: House, smtp_server: SmtpServer) -> None:
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    smtp_server.fail_with(451)
    await house.live(journey.offered(worker, version=2, ladder="called_back", within=timedelta(days=3)))
    for _ in range(MAX_ATTEMPTS + 3):
        await house.wait(timedelta(hours=1))
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code, row.attempts) == ("failed", "temporarily_refused", MAX_ATTEMPTS)
    assert smtp_server.attempts == MAX_ATTEMPTS


async def test_a_repeat_after_a_lost_answer_can_be_recognised(house: House, smtp_server: SmtpServer) -> None:
    """The server took it, its answer got lost: the next try carries the same Message-ID (this cannot be exactly-once)."""
    journey, worker = Journey(), uuid4()
    await house.reach(journey.tenant_id, worker)
    proxy = await asyncio.start_server(_forgetting(smtp_server.port), "127.0.0.1", 0)
    lossy = channel(proxy.sockets[0].getsockname()[1])
    await house.hear(journey.offered(worker, version=2))
    other = await house.other()
    object.__setattr__(other.rounds, "senders", {Channel.EMAIL: lossy})
    await other.process()
    (row,) = await house.deliveries(step=1)
    assert (row.state, row.code) == ("retry", "outcome_unknown")
    proxy.close()
    await house.wait(timedelta(seconds=15))
    first, second = smtp_server.messages
    assert first.message["Message-ID"] == second.message["Message-ID"]
    (row,) = await house.deliveries(step=1)
    assert row.state == "delivered"


def _forgetting(port: int) -> object:
    """Passes everything on, but hangs up instead of passing on the answer to the message."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        taken = asyncio.Event()

        async def up() -> None:
            while chunk := await reader.read(4096):
                if chunk.endswith(b"\r\n.\r\n"):
                    taken.set()
                server_writer.write(chunk)
                await server_writer.drain()

        async def down() -> None:
            while chunk := await server_reader.read(4096):
                if taken.is_set():
                    break
                writer.write(chunk)
                await writer.drain()

        upwards = asyncio.create_task(up())
        await down()
        upwards.cancel()
        server_writer.close()
        writer.close()

    return serve
