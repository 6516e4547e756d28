"""What can be done to a transition. Each function changes a journey and leaves custody settled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.custody import begin_custody
from services.referrals.domain.handoff_commands import take_back
from services.referrals.domain.handoff_facts import FactKind, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Move, check_who, legal_moves
from services.referrals.domain.handoff_offering import need_of, offer_next
from services.referrals.domain.handoff_states import HandoffCommand
from services.referrals.domain.handoffs import Handoff
from services.referrals.domain.matcher import Candidate, rank
from services.referrals.domain.milestones import lift_preparations
from services.referrals.domain.offsets import ProgrammeTime
from services.referrals.domain.protocols import Anchor, Protocol
from services.referrals.domain.transition_states import (
    TRANSITION_MOVES,
    TransitionCommand,
    TransitionReason,
    TransitionStatus,
)
from services.referrals.domain.transitions import Transition
from shared.contracts.codes import MilestoneCode, Setting
from shared.contracts.events import EventType


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a new transition begins with. `sender_worker_id` absent: the programme's duty owner holds it."""

    transition_id: UUID
    handoff_id: UUID
    tenant_id: UUID
    person_id: UUID
    programme_id: UUID
    visit_reference: str
    sender_worker_id: UUID | None
    duty_owner_worker_id: UUID
    expected_at: datetime | None
    protocol: Protocol
    setting: Setting
    language: str
    there: ProgrammeTime


def begin(plan: Plan, *, candidates: Sequence[Candidate], by: UUID | None, at: Moment) -> Journey:
    """A planned transition with its handoff in preparation and, where somebody fits, a suggestion."""
    origin = plan.sender_worker_id or plan.duty_owner_worker_id
    custody, entry = begin_custody(origin_worker_id=origin, by=by, at=at)
    transition = Transition(
        id=plan.transition_id,
        tenant_id=plan.tenant_id,
        person_id=plan.person_id,
        programme_id=plan.programme_id,
        status=TransitionStatus.PLANNED,
        origin_worker_id=origin,
        sender_worker_id=plan.sender_worker_id,
        custody=custody,
        protocol_code=plan.protocol.code,
        protocol_version=plan.protocol.version,
        visit_reference=plan.visit_reference,
        expected_at=plan.expected_at,
    )
    journey = Journey(
        transition=transition,
        handoff=Handoff(id=plan.handoff_id, tenant_id=plan.tenant_id, transition_id=plan.transition_id),
        protocol=plan.protocol,
        setting=plan.setting,
        language=plan.language,
        there=plan.there,
        duty_owner_worker_id=plan.duty_owner_worker_id,
        custody_entries=[entry],
    )
    journey.note(FactKind.PLANNED, at=at, by=by)
    if plan.expected_at is not None:
        journey.plan({Anchor.LEAVING: plan.expected_at}, at=at)
    _suggest(journey, candidates=candidates, at=at)
    journey.announce_transition(EventType.TRANSITION_PLANNED, at=at)
    return journey


def begin_discharged(plan: Plan, *, candidates: Sequence[Candidate], by: UUID | None, at: Moment) -> Journey:
    """A transition nobody planned: planned and discharged at the same moment."""
    journey = begin(plan, candidates=candidates, by=by, at=at)
    # what never was a plan is not announced as one
    journey.announcements.clear()
    journey.facts.clear()
    _discharge(journey, candidates=candidates, by=by, at=at)
    return journey


def replan(journey: Journey, *, expected_at: datetime, by: Actor, at: Moment) -> None:
    """The discharge is expected at another time."""
    _allow(journey, TransitionCommand.REPLAN, by=by)
    journey.plan({Anchor.LEAVING: expected_at}, at=at)
    if journey.handoff.suggested_worker_id is not None:
        journey.meet(MilestoneCode.MATCH_SUGGESTED, at=at)
    journey.change_transition(EventType.TRANSITION_REPLANNED, at=at, expected_at=expected_at)
    journey.note(FactKind.REPLANNED, at=at, by=by.worker_id)


def discharge(journey: Journey, *, candidates: Sequence[Candidate], by: Actor, at: Moment) -> None:
    """The person has left: the handoff is offered and its clocks start."""
    _allow(journey, TransitionCommand.DISCHARGE, by=by)
    _discharge(journey, candidates=candidates, by=by.worker_id, at=at)


def cancel(journey: Journey, *, reason: TransitionReason, by: Actor, at: Moment) -> None:
    """The plan is dropped; nobody was asked yet."""
    _end(journey, TransitionCommand.CANCEL, reason=reason, by=by, at=at)


def retract(journey: Journey, *, reason: TransitionReason, by: Actor, at: Moment) -> None:
    """The discharge did not happen after all: the handoff is withdrawn and custody is with the sender again."""
    _end(journey, TransitionCommand.RETRACT, reason=reason, by=by, at=at)


def _discharge(journey: Journey, *, candidates: Sequence[Candidate], by: UUID | None, at: Moment) -> None:
    journey.plan({Anchor.LEAVING: at.occurred_at, Anchor.DISCHARGE: at.occurred_at}, at=at)
    journey.lift(lift_preparations, at=at)
    status, discharged_at = TransitionStatus.DISCHARGED, at.occurred_at
    journey.change_transition(EventType.TRANSITION_DISCHARGED, at=at, status=status, discharged_at=discharged_at)
    journey.note(FactKind.DISCHARGED, at=at, by=by)
    offer_next(journey, candidates=candidates, at=at, by=by)
    journey.settle(at=at, by=by)


def _end(journey: Journey, command: TransitionCommand, *, reason: TransitionReason, by: Actor, at: Moment) -> None:
    moves = _allow(journey, command, by=by)
    retracted = command is TransitionCommand.RETRACT
    event = EventType.TRANSITION_RETRACTED
    journey.change_transition(event, at=at, status=moves[0].next, loop_closed_at=at.occurred_at)
    kind = FactKind.RETRACTED if retracted else FactKind.CANCELLED
    journey.note(kind, at=at, by=by.worker_id, code=reason.value)
    take_back(journey, HandoffCommand.RETRACT, reason=reason.value, by=by.worker_id, at=at, with_transition=True)
    journey.settle(at=at, by=by.worker_id)


def _allow(
    journey: Journey, command: TransitionCommand, *, by: Actor
) -> tuple[Move[TransitionStatus, TransitionCommand], ...]:
    parties = journey.acting_parties(by, kind="transition")
    status = journey.transition.status
    moves = legal_moves(TRANSITION_MOVES, kind="transition", state=status, command=command)
    check_who(moves, parties=parties, command=command)
    return moves


def _suggest(journey: Journey, *, candidates: Sequence[Candidate], at: Moment) -> None:
    ranked = rank(candidates, need=need_of(journey))
    if ranked:
        journey.meet(MilestoneCode.MATCH_SUGGESTED, at=at)
        # before its first offer a handoff is of no interest elsewhere: the suggestion is part of version 1
        journey.handoff = replace(journey.handoff, suggested_worker_id=ranked[0].worker_id)
        journey.note(FactKind.SUGGESTED, at=at, by=None, worker_id=ranked[0].worker_id)
