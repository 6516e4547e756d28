"""Record that the person and the peer have met, at the bedside or by phone."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain import handoff_commands
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import IntroductionChannel
from services.referrals.domain.matcher import Candidate
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.handoff_turn import Turn, take_turn
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def record_handoff_introduction(
    handoff_id: UUID,
    *,
    how: IntroductionChannel,
    peer_worker_id: UUID | None,
    asked: Asked,
    works: WorkSource[HandoffWork],
    clock: Clock,
    once: Once,
) -> Journey:
    """The journey. Raises InvalidField when the peer named is not on a team of the programme's organisation."""

    def decide(journey: Journey, at: Moment, candidates: Sequence[Candidate]) -> None:
        handoff_commands.introduce(journey, how=how, peer_id=peer_worker_id, by=asked.by, at=at)
        if peer_worker_id is not None and peer_worker_id not in {one.worker_id for one in candidates if one.is_there}:
            raise InvalidField("not_a_peer_of_this_programme", pointer="/peer_worker_id")

    turn = Turn(handoff_id=handoff_id, with_candidates=peer_worker_id is not None)
    return await take_turn(turn, decide, asked=asked, works=works, clock=clock, once=once)
