"""Tell the other side how it goes. The words stay here; others learn only that there are some."""

from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotYours
from services.referrals.domain.referral import ReferralNote
from services.referrals.domain.referral_parties import parties_of
from services.referrals.domain.referral_words import NoteKind
from services.referrals.domain.times import not_in_the_future
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralWork
from shared.clock import Clock
from shared.identifiers import new_id


async def add_referral_feedback(
    referral_id: UUID,
    text: str,
    *,
    by: Actor,
    works: WorkSource[ReferralWork],
    clock: Clock,
    once: Once,
    occurred_at: datetime | None = None,
) -> ReferralNote:
    """The kept note; the referral itself does not change. Raises NotFound, NotYours, InvalidField."""
    happened = not_in_the_future(occurred_at, clock=clock)
    async with works.begin(by.tenant_id, once=once) as work:
        standing = await work.referrals.standing(referral_id, by=by)
        if not parties_of(standing.referral, standing.viewer):
            raise NotYours(command="feedback", belongs_to=("requester", "recipient"))
        note = ReferralNote(
            tenant_id=by.tenant_id,
            referral_id=referral_id,
            id=new_id(),
            kind=NoteKind.FEEDBACK,
            text=text,
            by_worker_id=by.worker_id,
            occurred_at=happened,
            recorded_at=clock.now(),
        )
        work.referrals.note(note)
        work.answer(note)
    return note
