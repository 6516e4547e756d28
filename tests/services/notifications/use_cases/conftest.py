"""A provider of texts for the tests that send some; a test that wants it set up overrides `more_settings`."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.fixtures.sms_provider import SmsProviderDouble
from tests.services.notifications.conftest import House
from tests.services.notifications.texting import CALLBACKS, Callbacks


@pytest.fixture
async def provider() -> AsyncIterator[SmsProviderDouble]:
    double = SmsProviderDouble()
    await double.start()
    yield double
    await double.stop()


@pytest.fixture
def sms_settings(provider: SmsProviderDouble) -> dict[str, Any]:
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


@pytest.fixture
def callbacks(house: House, http: httpx2.AsyncClient, provider: SmsProviderDouble) -> Callbacks:
    return Callbacks(house, http, provider)
