"""E-mail over SMTP. The answer tells accepted, try later, never, and "it may have arrived" apart."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from services.notifications.domain.codes import DeliveryCode
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter
from services.notifications.use_cases.ports import Message
from shared.clock import Clock
from shared.logs import get_logger

GREYLISTED = frozenset({450, 451})
GREYLISTING_PAUSE = timedelta(minutes=1)
"""A server that greylists (RFC 6647) answers the recipient so, and forgets a second try that comes within seconds."""

_log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where and how mail leaves the house. `sender` is neutral: it names no programme and no kind of care."""

    host: str
    port: int
    sender: str
    timeout_seconds: float
    use_tls: bool = False
    start_tls: bool | None = None
    username: str | None = None
    password: str | None = None

    @property
    def domain(self) -> str:
        """The part after the `@` of the sender."""
        return self.sender.rpartition("@")[2]


class EmailChannel:
    """The MessageChannel port; one connection per message, one deadline over all of it."""

    def __init__(self, server: MailServer, *, clock: Clock) -> None:
        self._server = server
        self._clock = clock

    async def send(self, message: Message) -> Outcome:
        """Hand one message to the server. Never raises for what the server or the network does."""
        passage = _Passage(self._server)
        try:
            async with asyncio.timeout(self._server.timeout_seconds):
                await passage.hand_over(message.address, self._compose(message))
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            outcome = _outcome_of(error, data_begun=passage.data_begun)
            code = outcome.code if isinstance(outcome, RetryAfter) else outcome.reason
            _log.warning("email_not_delivered", delivery_id=str(message.message_id), error_code=code.value)
            return outcome
        finally:
            passage.close()
        return Delivered()

    def _compose(self, message: Message) -> bytes:
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = message.address
        mail["Subject"] = message.words.subject
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{message.message_id}@{self._server.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.words.body)
        return mail.as_bytes()


class _Passage:
    """One conversation with the server, and how far it came."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.domain,
            timeout=server.timeout_seconds,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            username=server.username,
            password=server.password,
        )
        self.data_begun = False

    async def hand_over(self, address: str, content: bytes) -> None:
        """Returns only when the server has answered 250 to the message itself."""
        await self._client.connect()
        await self._client.mail(self._server.sender)
        await self._client.rcpt(address)
        self.data_begun = True
        await self._client.data(content)

    def close(self) -> None:
        """Hang up without waiting: what the server said to QUIT would change nothing."""
        self._client.close()


def _outcome_of(error: BaseException, *, data_begun: bool) -> RetryAfter | Rejected:
    if isinstance(error, SMTPAuthenticationError):
        return RetryAfter(DeliveryCode.LOGIN_REFUSED)
    if isinstance(error, SMTPResponseException):
        # A refusal of the whole connection speaks of our set-up, not of this message: worth another try.
        if error.code in GREYLISTED and isinstance(error, SMTPRecipientRefused):
            return RetryAfter(DeliveryCode.GREYLISTED, delay=GREYLISTING_PAUSE)
        if error.code < 500 or isinstance(error, SMTPConnectError):
            return RetryAfter(DeliveryCode.TEMPORARILY_REFUSED)
        if isinstance(error, SMTPRecipientRefused):
            return Rejected(DeliveryCode.RECIPIENT_REFUSED)
        if isinstance(error, SMTPSenderRefused):
            return Rejected(DeliveryCode.SENDER_REFUSED)
        return Rejected(DeliveryCode.MESSAGE_REFUSED)
    if data_begun:
        # The message was on its way and no answer came back: it may have been taken.
        return RetryAfter(DeliveryCode.OUTCOME_UNKNOWN)
    if isinstance(error, SMTPTimeoutError | TimeoutError):
        return RetryAfter(DeliveryCode.TIMED_OUT)
    return RetryAfter(DeliveryCode.CONNECTION_FAILED)
