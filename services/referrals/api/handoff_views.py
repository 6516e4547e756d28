"""How a handoff is shown: its state, who acts next and by which clock, and what happened so far."""

from datetime import datetime
from typing import Self
from uuid import UUID

from services.referrals.api.consent_schemas import NoticeView
from services.referrals.api.fields import View
from services.referrals.domain.actor import Actor
from services.referrals.domain.handoff_facts import Attention, FactKind, HandoffFact
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.handoff_next import NextAct, NextStep, next_step
from services.referrals.domain.handoff_states import HandoffState, Outcome
from services.referrals.domain.handoffs import Offer, OfferStatus
from services.referrals.domain.milestones import Milestone, MilestoneState
from services.referrals.use_cases.handoff_ports import HandoffLine, Reading
from shared.contracts.codes import MilestoneCode, OfferKind


class NextView(View):
    """Who acts next, what is waited for, and until when; `late` once that time has passed."""

    who: Party
    worker_id: UUID
    act: NextAct
    clock: MilestoneCode | None
    due_at: datetime | None
    late: bool

    @classmethod
    def of(cls, step: NextStep | None, *, now: datetime) -> Self | None:
        """The next step as it is shown, if there is one."""
        if step is None:
            return None
        return cls(
            who=step.who,
            worker_id=step.worker_id,
            act=step.act,
            clock=step.clock,
            due_at=step.due_at,
            late=step.due_at is not None and step.due_at < now,
        )


class HandoffReceipt(View):
    """The answer to a command. `next` is absent once the caller is not party to the handoff any more."""

    id: UUID
    transition_id: UUID
    state: HandoffState
    version: int
    offer_number: int
    owner_worker_id: UUID | None
    next: NextView | None

    @classmethod
    def of(cls, journey: Journey, *, by: Actor, now: datetime) -> Self:
        """What became of the handoff, as far as the caller may know."""
        party = journey.readable_by(by)
        return cls(
            id=journey.handoff.id,
            transition_id=journey.transition.id,
            state=journey.handoff.state,
            version=journey.handoff.version,
            offer_number=journey.handoff.offer_number,
            owner_worker_id=journey.transition.owner_worker_id if party else None,
            next=NextView.of(next_step(journey), now=now) if party else None,
        )


class OfferView(View):
    """One worker asked once, and in plain words why this one."""

    offer_number: int
    worker_id: UUID
    kind: OfferKind
    status: OfferStatus
    reason: str | None
    because: tuple[str, ...]
    offered_at: datetime
    respond_by: datetime
    answered_at: datetime | None


class MilestoneView(View):
    """What must have happened by when, and whether it has. `occurrence` counts those of a code that repeats."""

    code: MilestoneCode
    occurrence: int
    state: MilestoneState
    opens_at: datetime | None
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None


class FactView(View):
    """One line of the timeline."""

    kind: FactKind
    occurred_at: datetime
    recorded_at: datetime
    by_worker_id: UUID | None
    worker_id: UUID | None
    code: str | None
    offer_number: int | None
    reported_by: str | None

    @classmethod
    def of(cls, fact: HandoffFact) -> Self:
        """A line as it is shown."""
        return cls(
            kind=fact.kind,
            occurred_at=fact.at.occurred_at,
            recorded_at=fact.at.recorded_at,
            by_worker_id=fact.by_worker_id,
            worker_id=fact.worker_id,
            code=fact.code,
            offer_number=fact.offer_number,
            reported_by=fact.reported_by,
        )


class PersonView(View):
    """First name and initial, and how to get in touch."""

    person_id: UUID
    called: str
    language: str | None
    contact_preference: str | None


class HandoffReading(HandoffReceipt):
    """One handoff with everything its page shows.

    A peer sees the offer made to him and what happened since; whom else was asked, and what each of them answered, is
    for the sending side and for supervisors. `person` is absent while the reader's organisation may not know who it
    is; what they are told by consent carries the notice of 42 CFR 2.32.
    """

    person: PersonView | None
    redisclosure_notice: NoticeView | None
    programme_id: UUID
    accepted_by: UUID | None
    accepted_at: datetime | None
    introduced_at: datetime | None
    contacted_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    suggested_worker_id: UUID | None
    attention: Attention | None
    milestones: tuple[MilestoneView, ...]
    offers: tuple[OfferView, ...]
    timeline: tuple[FactView, ...]

    @classmethod
    def of_reading(cls, reading: Reading, *, by: Actor, now: datetime) -> Self:
        """The handoff as its page shows it to this caller."""
        journey = reading.journey
        handoff = journey.handoff
        whole = by.sees_whole_tenant
        receipt = HandoffReceipt.of(journey, by=by, now=now)
        return cls.model_validate(
            dict(receipt)
            | {
                "person": None if reading.person is None else PersonView.model_validate(reading.person),
                "redisclosure_notice": NoticeView.of(reading.basis),
                "programme_id": journey.transition.programme_id,
                "accepted_by": handoff.accepted_by,
                "accepted_at": handoff.accepted_at,
                "introduced_at": handoff.introduced_at,
                "contacted_at": handoff.contacted_at,
                "ended_at": handoff.ended_at,
                "outcome": handoff.outcome,
                "suggested_worker_id": handoff.suggested_worker_id if whole else None,
                "attention": handoff.attention if whole else None,
                "milestones": tuple(_milestone(one) for one in _by_due_time(journey)),
                "offers": tuple(_offer(one) for one in journey.offers if whole or one.worker_id == by.worker_id),
                "timeline": tuple(FactView.of(one) for one in reading.timeline if whole or for_peers(one, by=by)),
            }
        )


_ABOUT_OTHERS = frozenset(
    {
        FactKind.SUGGESTED,
        FactKind.OFFERED,
        FactKind.ESCALATED,
        FactKind.DECLINED,
        FactKind.OUTSIDE_ROLE_REPORTED,
        FactKind.UNANSWERED,
        FactKind.ESCALATION_UNANSWERED,
        FactKind.DELIVERY_FAILED,
        FactKind.SIGNAL_IGNORED,
        FactKind.REHOMED,
    }
)


def for_peers(fact: HandoffFact, *, by: Actor) -> bool:
    return fact.kind not in _ABOUT_OTHERS or fact.worker_id == by.worker_id


def _by_due_time(journey: Journey) -> list[Milestone]:
    return sorted(journey.milestones.values(), key=lambda milestone: (milestone.due_at, milestone.code))


def _milestone(milestone: Milestone) -> MilestoneView:
    return MilestoneView.model_validate(milestone)


def _offer(offer: Offer) -> OfferView:
    return OfferView.model_validate(offer)


class HandoffLineView(View):
    """One handoff in a list."""

    id: UUID
    transition_id: UUID
    programme_id: UUID
    called: str | None
    state: HandoffState
    version: int
    worker_id: UUID | None
    respond_by: datetime | None
    introduced_at: datetime | None
    accepted_at: datetime | None
    contacted_at: datetime | None
    attention: Attention | None
    redisclosure_notice: NoticeView | None

    @classmethod
    def of(cls, line: HandoffLine) -> Self:
        """With the notice that goes along where the caller is told by consent."""
        given = {name: getattr(line, name) for name in cls.model_fields if name != "redisclosure_notice"}
        return cls(**given, redisclosure_notice=NoticeView.of(line.basis))
