"""Log a contact: the first one, or the one that its clock asks for next."""

from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.use_cases.ports import Referrals

CHANNELS = ("phone", "in_person", "text", "video")
OUTCOMES = ("reached", "not_reached")


async def log_contact(
    handoff_id: UUID, *, how: str, outcome: str, version: int, key: str, by: Session, referrals: Referrals
) -> None:
    """First contact, or the follow-up that is due next. Raises Refused where the handoff has moved on."""
    handoff = await referrals.handoff(handoff_id, by=by)
    body: dict[str, Any] = {"how": how, "outcome": outcome}
    command = "first-contact"
    if handoff.state == "contacted":
        command = "follow-up"
        body["milestone"] = handoff.next.clock if handoff.next else None
    await referrals.handoff_command(handoff_id, command, body=body, version=version, key=key, by=by)
