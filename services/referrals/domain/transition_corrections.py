"""What a source's later word does to a transition that is under way. Each ends with custody settled and clocks right."""

from uuid import UUID

from services.referrals.domain.handoff_commands import end_loop, take_back
from services.referrals.domain.handoff_facts import FactKind, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffCommand, HandoffState, WithdrawReason
from services.referrals.domain.milestones import lift_preparations
from services.referrals.domain.protocols import Anchor
from services.referrals.domain.transition_states import TransitionReason, TransitionStatus
from shared.contracts.events import EventType


def is_live(journey: Journey) -> bool:
    """Whether anything is still to be done for it."""
    transition = journey.transition
    going_on = transition.status in (TransitionStatus.PLANNED, TransitionStatus.DISCHARGED)
    return going_on and transition.loop_closed_at is None


def correct_discharge(journey: Journey, *, at: Moment) -> None:
    """The person left at another time than we were told: clocks that still run count from there."""
    journey.plan({Anchor.LEAVING: at.occurred_at, Anchor.DISCHARGE: at.occurred_at}, at=at)
    journey.lift(lift_preparations, at=at)
    journey.change_transition(EventType.TRANSITION_REPLANNED, at=at, discharged_at=at.occurred_at)
    journey.note(FactKind.DISCHARGED, at=at, by=None)


def end_discharged(journey: Journey, *, reason: WithdrawReason, at: Moment) -> None:
    """The discharge stands, and there is nothing left to walk to: the person died, or is back in hospital.

    No clock runs any more and nobody is asked to get in touch; custody stays where it is.
    """
    if journey.handoff.state not in (HandoffState.CLOSED, HandoffState.WITHDRAWN):
        take_back(journey, HandoffCommand.RETRACT, reason=reason.value, by=None, at=at)
    end_loop(journey, at=at)
    journey.settle(at=at, by=None)


def give_person(journey: Journey, *, person_id: UUID, at: Moment) -> None:
    """The record that the person goes by from now on."""
    journey.change_transition(None, at=at, person_id=person_id)
    journey.note(FactKind.MERGED, at=at, by=None)


RETRACTIONS = {
    "discharge_cancelled": TransitionReason.DISCHARGE_CANCELLED,
    "admission_cancelled": TransitionReason.ADMISSION_CANCELLED,
    "plan_cancelled": TransitionReason.PLAN_CANCELLED,
    "died": TransitionReason.PERSON_DIED,
    "moved_on": TransitionReason.TRANSFERRED,
}
"""A source's word -> ours."""
