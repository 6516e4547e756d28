"""A mail server that keeps what it takes, and fails in the ways in which mail servers fail."""

import asyncio
import email
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.storm.proxy import LOOPBACK


class Mood(StrEnum):
    """How it answers a message."""

    WELL = "well"
    BUSY = "smtp_451"
    REFUSES = "smtp_550"
    TAKES_AND_FALLS_SILENT = "smtp_silent_after_accept"
    """P6 from the other side: it has the message, and its 250 never comes."""


@dataclass(frozen=True, kw_only=True)
class TakenMail:
    """One message that was taken for good."""

    recipient: str
    message_id: str


@dataclass
class FaultyMailServer:
    """`harmed` counts messages by the mood that met them."""

    mood: Mood = Mood.WELL
    port: int = 0
    taken: list[TakenMail] = field(default_factory=list)
    harmed: Counter[Mood] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _healed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Listen on the loop of whoever calls."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="localhost"), LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more."""
        self.heal()
        if self._server is not None:
            self._server.close()

    def turn(self, mood: Mood) -> None:
        """From now on it is like this."""
        self.mood = mood
        self._healed.clear()

    def heal(self) -> None:
        """Well again; whoever still waits for an answer gets none."""
        self.mood = Mood.WELL
        self._healed.set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """One message."""
        mood = self.mood
        if mood is not Mood.WELL:
            self.harmed[mood] += 1
        if mood is Mood.BUSY:
            return "451 try again later"
        if mood is Mood.REFUSES:
            return "550 no such mailbox here"
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message_id = str(email.message_from_bytes(content)["Message-ID"])
        self.taken += [TakenMail(recipient=one, message_id=message_id) for one in envelope.rcpt_tos]
        if mood is Mood.TAKES_AND_FALLS_SILENT:
            await self._healed.wait()
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 kept"
