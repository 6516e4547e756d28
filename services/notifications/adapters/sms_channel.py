"""Texts through an HTTP provider that takes a form (`To`, `From`, `Body`, `StatusCallback`), as most of them do.

P6: between the provider's acceptance and our record a text may be sent twice, unless the provider honours `Idempotency-Key`;
it is the same for every try of a message, and so is the form.
"""

import json
import re
from dataclasses import dataclass, field

import aiohttp
from aiohttp import ClientTimeout

from services.notifications.adapters.http_answers import asked_delay, bounded_body
from services.notifications.domain.codes import DeliveryCode
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter
from services.notifications.use_cases.ports import Message
from shared.clock import Clock
from shared.logs import get_logger

_REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,100}")
_NAMES_OF_THE_REFERENCE = ("sid", "id", "message_id")
_LONGEST_CONNECT_SECONDS = 5.0

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsProvider:
    """Where texts leave the house. `sender` is a number or a neutral name. `callback_url` is ours, as the provider sees it."""

    url: str
    sender: str
    timeout_seconds: float
    callback_url: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


class SmsChannel:
    """The SendingChannel port for texts."""

    def __init__(self, provider: SmsProvider, *, session: aiohttp.ClientSession, clock: Clock) -> None:
        self._provider = provider
        self._session = session
        self._clock = clock

    async def send(self, message: Message) -> Outcome:
        """Hand one text to the provider. Never raises for what the provider or the network does."""
        outcome = await self._hand_over(message)
        if not isinstance(outcome, Delivered):
            code = outcome.code if isinstance(outcome, RetryAfter) else outcome.reason
            _log.warning("sms_not_delivered", delivery_id=str(message.message_id), error_code=code.value)
        return outcome

    async def _hand_over(self, message: Message) -> Outcome:
        provider = self._provider
        form = {"To": message.address, "From": provider.sender, "Body": message.words.body.strip()}
        if provider.callback_url is not None:
            form["StatusCallback"] = f"{provider.callback_url}/{message.tenant_id}/{message.message_id}"
        headers = {"Idempotency-Key": str(message.message_id)}
        if provider.token is not None:
            headers["Authorization"] = f"Bearer {provider.token}"
        elif provider.username is not None:
            headers["Authorization"] = aiohttp.encode_basic_auth(provider.username, provider.password or "")
        timeout = ClientTimeout(
            total=provider.timeout_seconds, sock_connect=min(_LONGEST_CONNECT_SECONDS, provider.timeout_seconds)
        )
        try:
            async with self._session.post(
                provider.url, data=form, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return self._outcome(response, await bounded_body(response) if response.status < 300 else b"")
        except aiohttp.ConnectionTimeoutError:
            return RetryAfter(DeliveryCode.TIMED_OUT)
        except aiohttp.ClientConnectorError:
            return RetryAfter(DeliveryCode.CONNECTION_FAILED)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            # The form was on its way and no answer came back: it may have been taken.
            return RetryAfter(DeliveryCode.OUTCOME_UNKNOWN)

    def _outcome(self, response: aiohttp.ClientResponse, body: bytes) -> Outcome:
        status = response.status
        delay = asked_delay(response.headers, now=self._clock.now())
        if 200 <= status < 300:
            return Delivered(_reference(body))
        if status == 429:
            return RetryAfter(DeliveryCode.RATE_LIMITED, delay)
        if status >= 500:
            return RetryAfter(DeliveryCode.PROVIDER_DOWN, delay)
        if status in (401, 403):
            return RetryAfter(DeliveryCode.LOGIN_REFUSED)
        if status == 409:
            # The draft on idempotency keys: an earlier try with this key is still being worked on.
            return RetryAfter(DeliveryCode.OUTCOME_UNKNOWN, delay)
        if status == 408:
            return RetryAfter(DeliveryCode.TIMED_OUT, delay)
        if status in (400, 404, 422):
            return Rejected(DeliveryCode.NUMBER_REFUSED)
        return Rejected(DeliveryCode.MESSAGE_REFUSED) if status >= 400 else RetryAfter(DeliveryCode.ANSWER_MALFORMED)


def _reference(body: bytes) -> str | None:
    """The provider's own name of the text. It took the text whether we can read its name or not."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = (answer.get(name) for name in _NAMES_OF_THE_REFERENCE) if isinstance(answer, dict) else ()
    return next((one for one in found if isinstance(one, str) and _REFERENCE.fullmatch(one)), None)
