"""Who acts next, what, and by which clock: shown with every handoff."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.handoff_states import ENDED, HandoffState
from services.referrals.domain.milestones import first_owed
from shared.contracts.codes import MilestoneCode, OfferKind


class NextAct(StrEnum):
    """What is waited for."""

    DISCHARGE = "discharge"
    ANSWER = "answer"
    FIRST_CONTACT = "first_contact"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStep:
    """`clock` is the milestone that runs; `due_at` may come sooner than it (an offer waits less long than acceptance)."""

    who: Party
    worker_id: UUID
    act: NextAct
    clock: MilestoneCode | None
    due_at: datetime | None


def next_step(journey: Journey) -> NextStep | None:
    """The next step, or nothing once the handoff has ended."""
    handoff, milestones = journey.handoff, journey.milestones
    if handoff.state in ENDED:
        return None
    if handoff.state is HandoffState.PREPARING:
        due_at = journey.transition.expected_at
        return NextStep(
            who=Party.SENDER,
            worker_id=journey.transition.owner_worker_id,
            act=NextAct.DISCHARGE,
            clock=MilestoneCode.INTRODUCTION,
            due_at=due_at,
        )
    offer = journey.open_offer
    if offer is not None:
        escalated = offer.kind is OfferKind.SUPERVISOR_ESCALATION
        return NextStep(
            who=Party.SUPERVISOR if escalated else Party.OFFEREE,
            worker_id=offer.worker_id,
            act=NextAct.ANSWER,
            clock=MilestoneCode.OWNER_ACCEPTS,
            due_at=offer.respond_by,
        )
    assert handoff.accepted_by is not None, "a handoff that is neither prepared, offered nor ended has an acceptor"
    if handoff.state is HandoffState.CONTACTED:
        owed, act = first_owed(milestones), NextAct.FOLLOW_UP
    else:
        owed, act = first_owed(milestones, (MilestoneCode.FIRST_CONTACT,)), NextAct.FIRST_CONTACT
    return NextStep(
        who=Party.ACCEPTOR,
        worker_id=handoff.accepted_by,
        act=NextAct.CLOSE if owed is None else act,
        clock=None if owed is None else owed.code,
        due_at=None if owed is None else owed.due_at,
    )
