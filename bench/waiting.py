"""Waiting for something to become true; never for time to pass."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp


async def until(
    is_so: Callable[[], Awaitable[bool]], *, within_seconds: float = 60, every_seconds: float = 0.005
) -> None:
    """Ask again and again. Raises TimeoutError."""
    async with asyncio.timeout(within_seconds):
        while not await is_so():  # noqa: ASYNC110 - the condition lies in other processes
            await asyncio.sleep(every_seconds)


async def until_answers(url: str, *, session: aiohttp.ClientSession) -> None:
    """Wait until a server answers with success."""

    async def answers() -> bool:
        try:
            async with session.get(url) as answer:
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    await until(answers, every_seconds=0.05)
