"""A closed loop of callers over kept-alive connections."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import aiohttp


class Post(NamedTuple):
    """One request: its JSON, and headers of its own."""

    body: bytes
    headers: Mapping[str, str]


async def requests_per_second(
    url: str, *, posts: Iterator[Post], count: int, callers: int, session: aiohttp.ClientSession, expect: int
) -> float:
    """POST `count` requests with `callers` at once; every answer must have the expected status."""
    left = iter(range(count))

    async def call() -> None:
        for _ in left:
            body, headers = next(posts)
            async with session.post(url, data=body, headers=headers) as answer:
                content = await answer.read()
                if answer.status != expect:
                    raise RuntimeError(f"{url} answered {answer.status} instead of {expect}: {content[:600]!r}")

    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return count / (time.perf_counter() - began)
