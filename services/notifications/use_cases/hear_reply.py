"""Hear a worker's answer to a text: STOP is recorded and respected from then on, START takes it back."""

from services.notifications.domain.phone_numbers import written_internationally
from services.notifications.domain.replies import Reply, reply_in
from services.notifications.use_cases.message_ports import OptOuts
from shared.clock import Clock


async def hear_reply(phone: str, *, text: str, opt_outs: OptOuts, clock: Clock) -> Reply | None:
    """What was understood. Any other text is not read, kept or answered."""
    reply = reply_in(text) if written_internationally(phone) else None
    if reply is Reply.STOP:
        await opt_outs.stop(phone, now=clock.now())
    elif reply is Reply.START:
        await opt_outs.start(phone)
    return reply
