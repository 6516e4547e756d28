"""The proxy harms as it says, counts what it harmed, and leaves alone whatever passes otherwise."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from tests.faults.storm.proxy import COMMIT, DELAY_SECONDS, Link, Mode


class Echo:
    """A server that gives back what it gets, and keeps it."""

    def __init__(self) -> None:
        self.heard = b""
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                self.heard += chunk
                writer.write(chunk)
                await writer.drain()
        except ConnectionResetError:
            pass
        finally:
            writer.close()

    def stop(self) -> None:
        self._server.close()


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    server = Echo()
    await server.start()
    yield server
    server.stop()


@pytest.fixture
async def link(echo: Echo) -> AsyncIterator[Link]:
    link = Link("test", target=lambda: echo.port)
    await link.start()
    yield link
    await link.stop()


async def connect(link: Link) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", link.port)


async def ask(link: Link, words: bytes) -> bytes:
    """One question, and as much of the answer as comes within a moment."""
    reader, writer = await connect(link)
    try:
        writer.write(words)
        return await asyncio.wait_for(reader.read(65536), 5)
    finally:
        writer.close()


async def test_without_a_fault_everything_passes_and_nothing_is_counted(link: Link) -> None:
    assert await ask(link, b"hello") == b"hello"
    assert not link.connections
    assert not link.harmed_bytes


async def test_delay_keeps_every_byte_and_takes_its_time(link: Link) -> None:
    link.harm(Mode.DELAY)
    began = time.monotonic()
    assert await ask(link, b"hello") == b"hello"
    assert time.monotonic() - began >= DELAY_SECONDS
    assert link.connections[Mode.DELAY] == 1


async def test_cut_lets_half_through_and_resets_both_sides(link: Link, echo: Echo) -> None:
    link.harm(Mode.CUT)
    with pytest.raises(ConnectionResetError):
        await ask(link, b"1234567890")
    assert len(echo.heard) <= 5
    assert (link.connections[Mode.CUT], link.harmed_bytes[Mode.CUT]) == (1, 10)


async def test_a_black_hole_swallows_and_the_connection_is_dead_when_it_ends(link: Link, echo: Echo) -> None:
    reader, writer = await connect(link)
    link.harm(Mode.BLACK_HOLE)
    writer.write(b"is anybody there?")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    assert echo.heard == b""
    link.harm(Mode.PASS)
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    writer.close()
    assert await ask(link, b"again") == b"again"
    assert link.harmed_bytes[Mode.BLACK_HOLE] == len(b"is anybody there?")


async def test_trickle_loses_nothing_and_hurries_when_it_ends(link: Link) -> None:
    reader, writer = await connect(link)
    link.harm(Mode.TRICKLE)
    writer.write(b"x" * 4000)
    first = await asyncio.wait_for(reader.readexactly(1), 5)
    assert link.harmed_bytes[Mode.TRICKLE] >= 4000
    link.harm(Mode.PASS)
    rest = await asyncio.wait_for(reader.readexactly(3999), 5)
    assert first + rest == b"x" * 4000
    writer.close()


async def test_a_lost_reply_means_that_it_was_done(link: Link, echo: Echo) -> None:
    link.harm(Mode.LOSE_REPLY)
    with pytest.raises(ConnectionResetError):
        await ask(link, b"do it")
    assert echo.heard == b"do it"
    assert link.connections[Mode.LOSE_REPLY] == 1


async def test_only_the_reply_to_a_commit_is_lost(link: Link, echo: Echo) -> None:
    link.harm(Mode.LOSE_COMMIT)
    assert await ask(link, b"SELECT 1;\0") == b"SELECT 1;\0"
    with pytest.raises(ConnectionResetError):
        await ask(link, COMMIT)
    assert COMMIT in echo.heard
    assert link.connections == {Mode.LOSE_COMMIT: 1}


@pytest.mark.parametrize(("mode", "status"), [(Mode.BABBLE, b"200"), (Mode.ERROR, b"500")])
async def test_somebody_else_answers(link: Link, echo: Echo, mode: Mode, status: bytes) -> None:
    link.harm(mode)
    answer = await ask(link, b"POST / HTTP/1.1\r\n\r\n")
    assert answer.split()[1] == status
    assert echo.heard == b""


async def test_where_nobody_listens_the_caller_sees_an_end(echo: Echo) -> None:
    echo.stop()
    link = Link("nowhere", target=lambda: 1)
    await link.start()
    reader, writer = await connect(link)
    with contextlib.suppress(ConnectionResetError):  # the other way in which an end can be seen
        assert await reader.read(1) == b""
    writer.close()
    await link.stop()
