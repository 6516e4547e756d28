"""Send letters: weekly summaries, and notices for operators. By e-mail, when it is not quiet, through the same gate as messages."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.notifications.domain.codes import Channel, DeliveryCode
from services.notifications.domain.gates import Admitted
from services.notifications.domain.letters import letter_words
from services.notifications.domain.outcomes import Settled, after
from services.notifications.domain.sending import SendingVerdict, SendNow, Suppress, Wait
from services.notifications.use_cases.checking import settled
from services.notifications.use_cases.letter_ports import LeasedLetter, Letters
from services.notifications.use_cases.message_ports import Gates
from services.notifications.use_cases.ports import Message, MessageChannel
from shared.clock import Clock

BATCH = 4
LEASE = timedelta(seconds=150)
"""Longer than so many e-mails can take, one after the other: nobody is in a hurry here."""


async def send_letters(*, letters: Letters, email: MessageChannel, gates: Gates, clock: Clock) -> int:
    """How many were taken."""
    claimed = await letters.claim(limit=BATCH, now=clock.now(), lease=LEASE)
    outcomes = [(one, await _sent(one, email=email, gates=gates, clock=clock)) for one in claimed]
    if outcomes:
        await letters.settle(outcomes, now=clock.now())
    return len(claimed)


async def _sent(letter: LeasedLetter, *, email: MessageChannel, gates: Gates, clock: Clock) -> Settled:
    verdict = _verdict(letter, now=clock.now())
    if not isinstance(verdict, SendNow):
        return settled(verdict)
    (admission,) = await gates.admit([[Channel.EMAIL]], now=clock.now())
    if not isinstance(admission, Admitted):
        return settled(Wait(admission.again_at, admission.code))
    message = Message(
        message_id=letter.letter_id,
        tenant_id=letter.reader.tenant_id,
        address=verdict.ways[0].address,
        words=letter_words(letter.kind, counts=letter.counts),
    )
    outcome = await email.send(message)
    await gates.learn({Channel.EMAIL: [outcome]}, now=clock.now())
    return replace(after(outcome, attempts=letter.attempts, now=clock.now()), channel=Channel.EMAIL)


def _verdict(letter: LeasedLetter, *, now: datetime) -> SendingVerdict:
    if not letter.reader_active:
        return Suppress(DeliveryCode.WORKER_LEFT)
    contact = letter.contact_points
    if contact is None or contact.email is None:
        return Suppress(DeliveryCode.NO_ADDRESS)
    if not contact.email_on:
        return Suppress(DeliveryCode.EMAIL_OFF)
    quiet = contact.quiet_hours
    if quiet is not None and quiet.covers(now):
        return Wait(quiet.ends_after(now), DeliveryCode.QUIET_HOURS)
    return SendNow(tuple(way for way in contact.ways if way.channel is Channel.EMAIL))
