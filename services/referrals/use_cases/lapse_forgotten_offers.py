"""Nobody answered an offer, and notifications has not said so: the next worker is asked all the same.

Its ladder says first that nobody answered; this is for the day when it cannot, so that nobody waits for somebody who
was perhaps never told. Whichever comes first counts, the other finds that the offer is not open any more.
"""

from collections.abc import Sequence
from datetime import timedelta

from services.referrals.domain.errors import ReferralsError
from services.referrals.domain.handoff_commands import lapse
from services.referrals.domain.handoff_facts import Attention, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.protocol_shelf import ProtocolUnavailable
from services.referrals.use_cases.handoff_ports import HandoffWork, WaitingOffer, WaitingOffers
from services.referrals.use_cases.handoff_turn import Turn, keep_turn
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.logs import get_logger

GRACE = timedelta(minutes=15)
"""How long after its time an offer waits for word from notifications: a restart or a short outage fits in."""
AT_ONCE = 200

_log = get_logger()


async def lapse_forgotten_offers(*, waiting: WaitingOffers, works: WorkSource[HandoffWork], clock: Clock) -> int:
    """How many offers lapsed. Any number of sweeps may run at the same time."""
    lapsed = 0
    for offer in await waiting.due_before(clock.now() - GRACE, limit=AT_ONCE):
        try:
            lapsed += await _lapse(offer, works=works, clock=clock)
        except (ReferralsError, ProtocolUnavailable) as error:
            # one that cannot be moved now must not keep the others waiting; the next sweep finds it again
            _log.warning("offer_not_lapsed", error_type=type(error).__name__, handoff_id=offer.handoff_id)
    return lapsed


async def _lapse(offer: WaitingOffer, *, works: WorkSource[HandoffWork], clock: Clock) -> bool:
    done = False

    def decide(journey: Journey, at: Moment, candidates: Sequence[Candidate]) -> None:
        nonlocal done
        done = _still_waits(journey, offer)
        if done:
            lapse(journey, offer_number=offer.offer_number, candidates=candidates, at=at)

    now = clock.now()
    async with works.begin(offer.tenant_id) as work:
        turn = Turn(handoff_id=offer.handoff_id, with_candidates=True)
        await keep_turn(work, turn, decide, at=Moment(occurred_at=now, recorded_at=now), expected_version=None)
    return done


def _still_waits(journey: Journey, offer: WaitingOffer) -> bool:
    """Whether it is open still; an escalation that nobody answered stays open, and is marked once."""
    found = journey.open_offer
    told = journey.handoff.attention is Attention.ESCALATION_UNANSWERED
    return found is not None and found.offer_number == offer.offer_number and not told
