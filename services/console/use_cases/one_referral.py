"""One referral as its page shows it: who acts next, what the visitor may do, and what went before."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.console.domain.referral_next import WORKING, Next, next_of
from services.console.domain.referral_steps import may
from services.console.domain.session import Session
from services.console.domain.told_referral import Note, Referral, SharedPlan
from services.console.use_cases.ports import Refused
from services.console.use_cases.referring_ports import Referring

OWN_WORDS = "person_words"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralView:
    """The referral, and whose eyes look at it."""

    referral: Referral
    next: Next | None
    by: Session
    plan: SharedPlan | None = None

    def may(self, *steps: str) -> bool:
        """Whether one of these steps is the visitor's now."""
        return any(may(self.referral, step) for step in steps)

    @property
    def asked_by_name(self) -> bool:
        """Whether the visitor's own answer is waited for."""
        return self.may("accept") and "recipient" in self.referral.you_are

    @property
    def open_to_my_team(self) -> bool:
        """Whether the visitor is one of several who may take it."""
        return self.may("accept") and not self.asked_by_name

    @property
    def someone_else_has_it(self) -> bool:
        """Whether a colleague has taken what was asked of the visitor's team."""
        has_it = self.referral.status in WORKING and self.referral.owner_worker_id != self.by.worker_id
        return has_it and "requester" not in self.referral.you_are

    @property
    def wants_to_cancel(self) -> bool:
        """Whether the visitor is asked to confirm a cancellation."""
        return self.referral.business_status == "cancellation_requested" and self.may("cancel")

    @property
    def person_words(self) -> list[Note]:
        """What the person said afterwards."""
        return [note for note in self.referral.notes if note.kind == OWN_WORDS]

    @property
    def notes(self) -> list[Note]:
        """What was said on the way."""
        return [note for note in self.referral.notes if note.kind != OWN_WORDS]


async def read_referral(referral_id: UUID, *, now: datetime, by: Session, referring: Referring) -> ReferralView:
    """The referral as this visitor may see it. Raises Refused 404 for what they may not know of."""
    referral = await referring.referral(referral_id, by=by)
    return ReferralView(referral=referral, next=next_of(referral, now=now), by=by)


async def read_referral_and_plan(
    referral_id: UUID, *, now: datetime, by: Session, referring: Referring
) -> ReferralView:
    """The same with the team's shared plan, where its model has one and the visitor is of the team."""
    view = await read_referral(referral_id, now=now, by=by, referring=referring)
    if view.referral.chart_sharing != "shared_plan":
        return view
    try:
        return replace(view, plan=await referring.shared_plan(referral_id, by=by))
    except Refused as refused:  # party to it from elsewhere: no seat at the team's table
        if refused.status != 404:
            raise
        return view
