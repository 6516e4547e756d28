"""What HTTP answers of strangers are allowed to be: small, and asking us to wait for a time that can be read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

MOST_BYTES = 64 * 1024


async def bounded_body(response: aiohttp.ClientResponse) -> bytes:
    """The body, or what of it fits; the rest is never read. The caller's deadline ends a body that trickles."""
    content = b""
    while len(content) < MOST_BYTES:
        part = await response.content.read(MOST_BYTES - len(content))
        if not part:
            break
        content += part
    return content


def asked_delay(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """`Retry-After` (RFC 9110, 10.2.3): seconds or a date; None where it is missing or cannot be read."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) <= 9:
        return timedelta(seconds=int(value))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, IndexError):
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta(0))
