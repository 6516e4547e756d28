"""Record the person's own word afterwards: did it bring what they wanted?"""

from uuid import UUID

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.referral import Referral, ReferralNote, ReferralStep
from services.referrals.domain.referral_meetings import say_afterwards
from services.referrals.domain.referral_standing import Standing
from services.referrals.domain.referral_words import NoteKind, PersonWord
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.referral_ports import ReferralAsked, ReferralWork
from services.referrals.use_cases.referral_turn import take_referral_turn
from shared.clock import Clock
from shared.contracts.codes import ReportedBy
from shared.identifiers import new_id


async def record_referral_word(
    referral_id: UUID,
    word: PersonWord,
    *,
    own_words: str | None,
    asked: ReferralAsked,
    works: WorkSource[ReferralWork],
    clock: Clock,
    once: Once,
) -> Referral:
    """The referral with the person's word; said again, the later word stands and history has both.

    Raises NotFound, IllegalMove while it is open, NotYours, Stale.
    """

    def decide(standing: Standing, at: Moment) -> tuple[Referral, ReferralStep]:
        return say_afterwards(standing, word, at=at)

    async def keep_words(work: ReferralWork, standing: Standing, changed: Referral, at: Moment) -> Referral:
        if own_words is not None:
            work.referrals.note(
                ReferralNote(
                    tenant_id=changed.tenant_id,
                    referral_id=changed.id,
                    id=new_id(),
                    kind=NoteKind.PERSON_WORDS,
                    text=own_words,
                    by_worker_id=asked.by.worker_id,
                    reported_by=ReportedBy.PERSON,
                    occurred_at=at.occurred_at,
                    recorded_at=at.recorded_at,
                )
            )
        return changed

    return await take_referral_turn(
        referral_id, decide, asked=asked, works=works, clock=clock, once=once, then=keep_words
    )
