"""What becomes of work between two who know each other from elsewhere. To everybody else it reads as not being there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import ReferralCommand, ReferralParty, ReferralStatus, referral_moves
from services.referrals.domain.referral_versions import moved
from services.referrals.domain.referral_words import ReferralReason, WhatNext
from services.referrals.domain.rehoming import Unable, rehome

_NOT_YET_THEIRS = (HandoffState.PREPARING, HandoffState.OFFERED)


class HeldKind(StrEnum):
    """What may lie with somebody."""

    HANDOFF = "handoff"
    REFERRAL = "referral"
    TASK = "task"


@dataclass(frozen=True, kw_only=True, slots=True)
class StillHeld:
    """Something that stays with the worker until they step back from it: nobody is dropped by a word in a register."""

    kind: HeldKind
    id: UUID


def let_go_of_handoff(
    journey: Journey, *, worker_id: UUID, step_back: bool, candidates: Sequence[Candidate], at: Moment
) -> bool:
    """Bring an offer to the next, as if its worker were away; what was accepted only if they step back. Whether it moved."""
    if journey.handoff.state not in _NOT_YET_THEIRS and not step_back:
        return False
    return rehome(journey, worker_id=worker_id, why=Unable.AWAY, candidates=candidates, at=at)


def let_go_of_referral(
    referral: Referral, *, step_back: bool, by: UUID | None, at: Moment
) -> tuple[Referral, ReferralStep] | None:
    """The referral after a plain "can't right now"; None where somebody has it who does not step back."""
    waiting = referral.status is ReferralStatus.REQUESTED
    if not waiting and not step_back:
        return None
    command = ReferralCommand.REJECT if waiting else ReferralCommand.UNACCEPT
    said = Said(reason=ReferralReason.CANT_RIGHT_NOW, what_next=WhatNext.ANOTHER_PEER if waiting else None)
    move = next(one for one in referral_moves(referral.status, command) if ReferralParty.RECIPIENT in one.who)
    return moved(referral, move, at=at, by=by, said=said, what_next=said.what_next)
