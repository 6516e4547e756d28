"""A TCP proxy that stands between two parts of the product and harms what passes, and counts what it harmed.

Bytes are looked at when they come by, so that a fault begins and ends in the middle of open connections.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

LOOPBACK = "127.0.0.1"
CHUNK = 65536
DELAY_SECONDS = 0.3
TRICKLE_BYTES_A_SECOND = 100
_TICK_SECONDS = 0.05
COMMIT = b"COMMIT;\0"
"""How asyncpg ends a transaction on the wire: a simple query of PostgreSQL's protocol."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_HEAD = b"Content-Type: application/json\r\nConnection: close\r\n"
_ERROR = b"HTTP/1.1 500 Internal Server Error\r\n" + _HEAD + b"Content-Length: 2\r\n\r\n{}"
_BABBLE = b"HTTP/1.1 200 OK\r\n" + _HEAD + b'Content-Length: 26\r\n\r\n{"verdict":"within_scope"}'


class Mode(StrEnum):
    """What happens to what passes."""

    PASS = "pass"
    DELAY = "delay"
    CUT = "cut"
    """Half of what passes arrives, and the connection is reset."""
    BLACK_HOLE = "black_hole"
    """Connections are accepted, and everything is swallowed; when it ends, they turn out to be dead."""
    TRICKLE = "trickle"
    LOSE_REPLY = "lose_reply"
    """What was asked arrives and is done; the answer never comes back."""
    LOSE_COMMIT = "lose_commit"
    """PostgreSQL commits, and whoever asked for it never hears so."""
    BABBLE = "babble"
    """200, well-formed JSON, and not what the contract promises."""
    ERROR = "error"
    """500, without the question having arrived."""


@dataclass(eq=False)
class _Connection:
    """Both ends of one connection. `doomed`: bytes of it are gone, so it can never go on."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    doomed: bool = False
    committing: bool = False
    asked: bool = False
    harmed_by: set[Mode] = field(default_factory=set)

    def reset(self) -> None:
        """Both sides see a reset, not an orderly end."""
        for writer in (self.near, self.far):
            plug = writer.get_extra_info("socket")
            if plug is not None:
                with contextlib.suppress(OSError):
                    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            writer.transport.abort()


class Link:
    """One line between two parts. `connections` and `swallowed` (bytes) are counted by the mode that harmed them."""

    def __init__(self, name: str, *, target: Callable[[], int]) -> None:
        self.name = name
        self.port = 0
        self.mode = Mode.PASS
        self.connections: Counter[Mode] = Counter()
        self.harmed_bytes: Counter[Mode] = Counter()
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[_Connection] = set()

    async def start(self) -> None:
        """Listen on a port of its own."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Reset whatever is open, and stop listening."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._open):
            connection.reset()
        if self._server is not None:
            await self._server.wait_closed()

    def harm(self, mode: Mode) -> None:
        """From now on this happens to whatever passes. Going back to PASS ends connections that cannot go on."""
        self.mode = mode
        for connection in [one for one in self._open if one.doomed]:
            connection.reset()

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_reader, far = await asyncio.open_connection(LOOPBACK, self._target())
        except OSError:
            near.transport.abort()  # nobody listens there: the caller sees what it would see without us
            return
        connection = _Connection(near=near, far=far)
        self._open.add(connection)
        pumps = [
            asyncio.create_task(self._pump(reader, far, connection=connection, asking=True)),
            asyncio.create_task(self._pump(far_reader, near, connection=connection, asking=False)),
        ]
        try:
            await asyncio.wait(pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            self._open.discard(connection)
            near.close()
            far.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, connection: _Connection, asking: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                await self._carry(chunk, writer, connection=connection, asking=asking)
                await writer.drain()
        with contextlib.suppress(OSError):
            if writer.can_write_eof() and not writer.transport.is_closing() and not connection.doomed:
                writer.write_eof()

    async def _carry(
        self, chunk: bytes, writer: asyncio.StreamWriter, *, connection: _Connection, asking: bool
    ) -> None:
        mode = Mode.BLACK_HOLE if connection.doomed else self.mode
        if asking:
            connection.asked, connection.committing = True, COMMIT in chunk
        match mode:
            case Mode.DELAY:
                self._count(mode, connection, chunk)
                await asyncio.sleep(DELAY_SECONDS)
                writer.write(chunk)
            case Mode.CUT:
                self._count(mode, connection, chunk)
                writer.write(chunk[: len(chunk) // 2])
                await writer.drain()
                connection.reset()
            case Mode.BLACK_HOLE:
                self._count(mode, connection, chunk)
                connection.doomed = True
            case Mode.TRICKLE:
                self._count(mode, connection, chunk)
                await self._trickle(chunk, writer)
            case Mode.LOSE_REPLY if not asking and connection.asked:
                self._count(mode, connection, chunk)
                connection.reset()
            case Mode.LOSE_COMMIT if not asking and connection.committing:
                self._count(mode, connection, chunk)
                connection.reset()
            case Mode.BABBLE | Mode.ERROR if asking:
                self._count(mode, connection, chunk)
                connection.near.write(_BABBLE if mode is Mode.BABBLE else _ERROR)
                connection.near.close()
                connection.far.close()
            case _:
                writer.write(chunk)

    async def _trickle(self, chunk: bytes, writer: asyncio.StreamWriter) -> None:
        """Some bytes at a time; the rest at once when the fault ends."""
        step = max(int(TRICKLE_BYTES_A_SECOND * _TICK_SECONDS), 1)
        while chunk and self.mode is Mode.TRICKLE:
            writer.write(chunk[:step])
            chunk = chunk[step:]
            await asyncio.sleep(_TICK_SECONDS)
        writer.write(chunk)

    def _count(self, mode: Mode, connection: _Connection, chunk: bytes) -> None:
        if mode not in connection.harmed_by:
            connection.harmed_by.add(mode)
            self.connections[mode] += 1
        self.harmed_bytes[mode] += len(chunk)
