"""Whether something is ready, asked of the thing itself. Each probe answers within a few seconds and never raises for "no"."""

import asyncio
import json
from typing import Any

from handrail.runtime.ports import LOOPBACK

PROBE_SECONDS = 5.0


async def http_answer(port: int, *, path: str) -> tuple[int, bytes] | None:
    """Status and body of a GET on the loopback address; None when there was no complete answer."""
    try:
        return await asyncio.wait_for(_get(port, path), PROBE_SECONDS)
    except (OSError, TimeoutError, ValueError, IndexError):
        return None


async def _get(port: int, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(65536)
        while chunk := await reader.read(65536):
            answer += chunk
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(maxsplit=2)[1]), body


async def http_is_ready(port: int, *, path: str = "/health/ready") -> bool:
    """Whether that route answers 200."""
    answer = await http_answer(port, path=path)
    return answer is not None and answer[0] == 200


async def failing_checks(port: int) -> list[str]:
    """The names of a service's own readiness checks that fail; empty when it is ready or says nothing."""
    answer = await http_answer(port, path="/health/ready")
    if answer is None or answer[0] == 200:
        return []
    try:
        checks: dict[str, Any] = json.loads(answer[1]).get("checks", {})
    except (ValueError, AttributeError):
        return []
    return [name for name, passed in checks.items() if not passed]


async def smtp_is_ready(port: int) -> bool:
    """Whether an SMTP server greets with 220."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            greeting = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return greeting.startswith(b"220")
