"""What the channel makes of everything a provider of texts can do, on real sockets."""

import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import aiohttp
import pytest

from services.notifications.adapters.http_answers import asked_delay
from services.notifications.adapters.sms_channel import SmsChannel, SmsProvider
from services.notifications.domain.codes import DeliveryCode, ItemKind
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter
from services.notifications.domain.wording import outbound
from services.notifications.use_cases.ports import Message
from shared.clock import FixedClock
from shared.http_client import new_session
from tests.fixtures.sms_provider import Mood, SmsProviderDouble
from tests.services.notifications.journeys import NOON


@pytest.fixture
async def double() -> AsyncIterator[SmsProviderDouble]:
    provider = SmsProviderDouble()
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with new_session() as opened:
        yield opened


def message() -> Message:
    words = outbound([ItemKind.HANDOFF_OFFERED])
    return Message(message_id=uuid4(), tenant_id=uuid4(), address="+12125550143", words=words)


def channel(url: str, session: aiohttp.ClientSession, *, timeout: float = 5, **more: str) -> SmsChannel:
    provider = SmsProvider(
        url=url,
        sender="+12125550100",
        timeout_seconds=timeout,
        callback_url="https://handrail.example/callbacks/sms",
        username=more.get("username"),
        password=more.get("password"),
        token=more.get("token"),
    )
    return SmsChannel(provider, session=session, clock=FixedClock(NOON))


async def test_taken(double: SmsProviderDouble, session: aiohttp.ClientSession) -> None:
    sent = message()
    outcome = await channel(double.url, session, username="us", password="secret").send(sent)
    assert outcome == Delivered(f"SM{sent.message_id.hex}")
    (text,) = double.taken.values()
    assert text.form == {
        "To": "+12125550143",
        "From": "+12125550100",
        "Body": "You have 1 new handoff. Sign in to see it.",
        "StatusCallback": f"https://handrail.example/callbacks/sms/{sent.tenant_id}/{sent.message_id}",
    }
    assert text.key == str(sent.message_id)
    assert text.headers["Authorization"] == "Basic dXM6c2VjcmV0"


async def test_a_token_instead_of_a_password(double: SmsProviderDouble, session: aiohttp.ClientSession) -> None:
    await channel(double.url, session, token="t-1").send(message())
    (text,) = double.taken.values()
    assert text.headers["Authorization"] == "Bearer t-1"


CASES: list[tuple[Mood, Outcome, int]] = [
    (Mood.BUSY, RetryAfter(DeliveryCode.RATE_LIMITED, timedelta(seconds=40)), 0),
    (Mood.ERROR, RetryAfter(DeliveryCode.PROVIDER_DOWN), 0),
    (Mood.WRONG_PASSWORD, RetryAfter(DeliveryCode.LOGIN_REFUSED), 0),
    (Mood.NO_SUCH_NUMBER, Rejected(DeliveryCode.NUMBER_REFUSED), 0),
    (Mood.REDIRECTS, RetryAfter(DeliveryCode.ANSWER_MALFORMED), 0),
    (Mood.SLOW, RetryAfter(DeliveryCode.OUTCOME_UNKNOWN), 0),
    (Mood.TAKES_AND_FALLS_SILENT, RetryAfter(DeliveryCode.OUTCOME_UNKNOWN), 1),
    (Mood.TAKES_AND_HANGS_UP, RetryAfter(DeliveryCode.OUTCOME_UNKNOWN), 1),
    (Mood.BABBLES, Delivered(None), 1),
]


@pytest.mark.parametrize(("mood", "expected", "taken"), CASES, ids=[case[0].value for case in CASES])
async def test_told_apart(
    double: SmsProviderDouble, session: aiohttp.ClientSession, mood: Mood, expected: Outcome, taken: int
) -> None:
    double.mood = mood
    assert await channel(double.url, session, timeout=0.3).send(message()) == expected
    assert (double.asked, len(double.taken)) == (1, taken)


async def test_nobody_listens(session: aiohttp.ClientSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/messages"
        assert await channel(url, session).send(message()) == RetryAfter(DeliveryCode.CONNECTION_FAILED)


def test_secrets_are_not_in_what_is_printed() -> None:
    provider = SmsProvider(url="https://x", sender="y", timeout_seconds=1, password="zebra", token="canary")
    assert "zebra" not in repr(provider)
    assert "canary" not in repr(provider)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("40", 40),
        ("0", 0),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("1" * 30, None),
    ],
)
def test_when_to_come_again(value: str, seconds: int | None) -> None:
    expected = timedelta(seconds=seconds) if seconds is not None else None
    assert asked_delay({"Retry-After": value}, now=NOON) == expected
