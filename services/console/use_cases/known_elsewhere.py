"""A peer says that they know somebody from elsewhere: from the page on which they are asked to walk along."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ports import Neighbours, Refused


class AskedOn(StrEnum):
    """The pages on which somebody is asked."""

    HANDOFFS = "handoffs"
    REFERRALS = "referrals"


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPage:
    """Whom it is about, and the page to go back to; `waits`: the visitor has not answered yet."""

    called: str
    person_id: UUID
    programme_id: UUID
    back: str
    waits: bool


async def read_known(asked_on: AskedOn, subject_id: UUID, *, by: Session, neighbours: Neighbours) -> KnownPage:
    """Raises Refused 404 for what the visitor may not know of, and where the person is not named yet."""
    back = f"/{asked_on.value}/{subject_id}"
    if asked_on is AskedOn.HANDOFFS:
        handoff = await neighbours.referrals.handoff(subject_id, by=by)
        person: told.Called | None = handoff.person
        programme_id, waits = handoff.programme_id, handoff.accepted_by != by.worker_id
    else:
        referral = await neighbours.referring.referral(subject_id, by=by)
        person, programme_id = referral.person, referral.programme_id
        waits = referral.status == "requested"
    if person is None:
        raise Refused("referrals", status=404, code="not_found", document={})
    return KnownPage(
        called=person.called, person_id=person.person_id, programme_id=programme_id, back=back, waits=waits
    )
