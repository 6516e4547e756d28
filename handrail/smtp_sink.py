"""The demo's mail server: takes every message, sends none on, and keeps it in a maildir for people and tests to read.

HANDRAIL_MAIL_FOLDER=… python -m handrail.smtp_sink --port 8425
"""

import argparse
import asyncio
import email
import email.policy
import mailbox
import os
import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from handrail.runtime.ports import LOOPBACK

_ENVELOPE_SENDER = "X-Handrail-Envelope-From"
_ENVELOPE_RECIPIENTS = "X-Handrail-Envelope-To"


@dataclass(frozen=True, kw_only=True)
class KeptMessage:
    """One received message, as a person would see it. `key` names it in the folder."""

    key: str
    received_at: float
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str

    def as_json(self) -> dict[str, object]:
        """For `--json`; `received_at` is seconds since 1970."""
        return asdict(self)


class Keeper:
    """aiosmtpd's handler: a message is answered with 250 only once it is on disk."""

    def __init__(self, folder: Path) -> None:
        self._box = _maildir(folder)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Store one message with its envelope."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = email.message_from_bytes(content)
        message[_ENVELOPE_SENDER] = envelope.mail_from or "<>"
        message[_ENVELOPE_RECIPIENTS] = ", ".join(envelope.rcpt_tos)
        await asyncio.to_thread(self._box.add, message)
        return "250 kept"


def _maildir(folder: Path) -> mailbox.Maildir:
    """The maildir in `folder`, which may exist without being one yet (`create=True` would then leave it so)."""
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    return mailbox.Maildir(folder, create=False)


def messages(folder: Path) -> Iterator[KeptMessage]:
    """All received messages, the oldest first."""
    box = _maildir(folder)
    found = [(box.get_message(key).get_date(), key) for key in box.keys()]  # noqa: SIM118 - a Maildir is no dict
    for received_at, key in sorted(found):
        message = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(preferencelist=("plain", "html"))
        yield KeptMessage(
            key=key,
            received_at=received_at,
            sender=str(message[_ENVELOPE_SENDER]),
            recipients=tuple(str(message[_ENVELOPE_RECIPIENTS]).split(", ")),
            subject=str(message["subject"] or ""),
            text=body.get_content() if body is not None else "",
        )


async def serve(*, port: int, folder: Path, host: str = LOOPBACK) -> None:
    """Take mail until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    keeper = Keeper(folder)
    server = await loop.create_server(lambda: SMTP(keeper, hostname="localhost"), host, port)
    try:
        await stop.wait()
    finally:
        server.close()


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(description="keep received mail in a folder")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (in a container: all of its own)")
    arguments = parser.parse_args()
    folder = Path(os.environ["HANDRAIL_MAIL_FOLDER"])
    asyncio.run(serve(port=arguments.port, folder=folder, host=arguments.host))


if __name__ == "__main__":
    main()
