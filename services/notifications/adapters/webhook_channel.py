"""Webhooks over HTTP, to addresses that other people chose: nothing of ours, and nothing inside our walls, is ever reached.

A name is resolved and looked at for every connection, and the connection goes to exactly the addresses that were looked at:
the resolver below is the only one that the session has, so there is no moment in which a name could come to mean another.
"""

import ipaddress
import socket
from typing import Any

import aiohttp
from aiohttp import ClientTimeout
from aiohttp.abc import AbstractResolver, ResolveResult

from services.notifications.adapters.http_answers import asked_delay, bounded_body
from services.notifications.domain.codes import DeliveryCode
from services.notifications.domain.endpoints import is_forbidden, usable_url
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter
from services.notifications.use_cases.webhook_ports import WebhookMessage
from shared.clock import Clock

_CONNECT_SECONDS = 5.0


class AddressForbidden(OSError):  # noqa: N818 - names a fact
    """A name leads somewhere that no webhook may go."""


class GuardedResolver(AbstractResolver):
    """Resolves as the machine does, and refuses a name if any one of its addresses is not public."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises AddressForbidden."""
        found = await self._resolver.resolve(host, port, family)
        for one in found:
            try:
                forbidden = is_forbidden(ipaddress.ip_address(one["host"]))
            except ValueError:
                forbidden = True
            if forbidden:
                raise AddressForbidden()
        return found

    async def close(self) -> None:
        """Close what it resolves with."""
        await self._resolver.close()


def guarded_session(*, strict: bool, resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """A session for strangers' addresses: no cookies, no proxies, no environment; `strict` outside the demo profile."""
    plain = resolver or aiohttp.ThreadedResolver()
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(plain) if strict else plain, use_dns_cache=False, limit=50, keepalive_timeout=15
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        max_line_size=8190,
        max_field_size=8190,
        auto_decompress=False,
    )


class HttpWebhookChannel:
    """The SendingChannel port for webhooks."""

    def __init__(self, *, session: aiohttp.ClientSession, timeout_seconds: float, strict: bool, clock: Clock) -> None:
        self._session = session
        self._timeout = ClientTimeout(
            total=timeout_seconds, sock_connect=min(_CONNECT_SECONDS, timeout_seconds), sock_read=timeout_seconds
        )
        self._strict = strict
        self._clock = clock

    async def send(self, message: WebhookMessage) -> Outcome:
        """Hand it over. Never raises for what the other side does; a second copy has the same `webhook-id`."""
        # An address written as a number is never resolved, so it is looked at here.
        if not usable_url(message.url, strict=self._strict):
            return RetryAfter(DeliveryCode.ADDRESS_FORBIDDEN)
        headers = message.headers | {"Content-Type": "application/json", "User-Agent": "Handrail-Webhooks/1"}
        how: dict[str, Any] = {"timeout": self._timeout, "allow_redirects": False}
        try:
            async with self._session.post(message.url, data=message.body, headers=headers, **how) as response:
                await bounded_body(response)
                return self._outcome(response)
        except aiohttp.ClientConnectorError as error:
            forbidden = isinstance(error.os_error, AddressForbidden)
            return RetryAfter(DeliveryCode.ADDRESS_FORBIDDEN if forbidden else DeliveryCode.CONNECTION_FAILED)
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return RetryAfter(DeliveryCode.TIMED_OUT)
        except (aiohttp.ClientError, OSError, ValueError):
            return RetryAfter(DeliveryCode.CONNECTION_FAILED)

    def _outcome(self, response: aiohttp.ClientResponse) -> Outcome:
        delay = asked_delay(response.headers, now=self._clock.now())
        match response.status:
            case status if 200 <= status < 300:
                return Delivered()
            case status if 300 <= status < 400:
                return RetryAfter(DeliveryCode.REDIRECTED)
            case 410:
                return Rejected(DeliveryCode.GONE)
            case 429 | 503:
                return RetryAfter(DeliveryCode.TEMPORARILY_REFUSED, delay)
            case _:
                return RetryAfter(DeliveryCode.NOT_TAKEN, delay)
