"""What can be done to a handoff. Each function changes a journey and leaves custody settled."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_errors import AlreadyTaken, NobodyLeftToAsk, NoLongerOffered
from services.referrals.domain.handoff_facts import Attention, FactKind, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Guard, Move, check_who, legal_moves
from services.referrals.domain.handoff_offering import offer_next
from services.referrals.domain.handoff_states import (
    HANDOFF_MOVES,
    ContactChannel,
    DeclineReason,
    HandoffCommand,
    HandoffState,
    IntroductionChannel,
    Outcome,
    Preparation,
    WithdrawReason,
)
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.milestones import lift_all
from shared.contracts.codes import MilestoneCode, OfferKind, ReportedBy
from shared.contracts.events import EventType

_TAKEN = frozenset({HandoffState.ACCEPTED, HandoffState.INTRODUCED, HandoffState.CONTACTED, HandoffState.CLOSED})


def accept(journey: Journey, *, by: Actor, at: Moment) -> None:
    """Somebody will walk with the person. Custody stays where it is until they have met."""
    worker = by.acting_worker()
    if journey.handoff.state in _TAKEN and journey.parties_of(by):
        if journey.handoff.accepted_by is None:
            raise NoLongerOffered
        raise AlreadyTaken(yours=journey.handoff.accepted_by == worker)
    moves = allow(journey, HandoffCommand.ACCEPT, by=by)
    introduced = journey.handoff.introduced_at is not None and journey.handoff.introduced_peer_id in (None, worker)
    journey.answer_open_offer(OfferStatus.ACCEPTED, at=at)
    journey.change_handoff(
        EventType.HANDOFF_ACCEPTED,
        at=at,
        concerning=worker,
        worker_id=worker,
        state=_guarded(moves, Guard.INTRODUCED if introduced else Guard.NOT_INTRODUCED),
        accepted_by=worker,
        accepted_at=at.occurred_at,
        attention=None,
    )
    journey.meet(MilestoneCode.OWNER_ACCEPTS, at=at)
    journey.note(FactKind.ACCEPTED, at=at, by=worker, worker_id=worker, offer_number=journey.handoff.offer_number)
    journey.settle(at=at, by=worker)


def decline(journey: Journey, *, reason: DeclineReason, candidates: Sequence[Candidate], by: Actor, at: Moment) -> None:
    """Not this worker: the next one is asked. "Outside my role" speaks of the assignment and is kept for supervisors."""
    worker = by.acting_worker()
    allow(journey, HandoffCommand.DECLINE, by=by)
    offer = journey.open_offer
    if offer is None or offer.kind is not OfferKind.PEER_OFFER:
        raise NobodyLeftToAsk
    journey.answer_open_offer(OfferStatus.DECLINED, at=at, reason=reason.value)
    journey.change_handoff(EventType.HANDOFF_DECLINED, at=at, concerning=worker, reason=reason.value)
    about = {"worker_id": worker, "code": reason.value, "offer_number": offer.offer_number}
    journey.note(FactKind.DECLINED, at=at, by=worker, **about)
    if reason is DeclineReason.OUTSIDE_MY_ROLE:
        journey.note(FactKind.OUTSIDE_ROLE_REPORTED, at=at, by=worker, **about)
    offer_next(journey, candidates=candidates, at=at, by=None)
    journey.settle(at=at, by=worker)


def lapse(journey: Journey, *, offer_number: int, candidates: Sequence[Candidate], at: Moment) -> None:
    """Nobody answered offer `offer_number`. A signal about any other offer changes nothing, and is kept as such."""
    offer = journey.open_offer
    stale = offer is None or offer.offer_number != offer_number
    if stale or journey.handoff.attention is Attention.ESCALATION_UNANSWERED:
        journey.note(FactKind.SIGNAL_IGNORED, at=at, by=None, code="ladder.exhausted", offer_number=offer_number)
        return
    assert offer is not None
    about = {"worker_id": offer.worker_id, "offer_number": offer_number}
    if offer.kind is OfferKind.SUPERVISOR_ESCALATION:
        journey.call_attention(Attention.ESCALATION_UNANSWERED)
        journey.note(FactKind.ESCALATION_UNANSWERED, at=at, by=None, **about)
    else:
        journey.answer_open_offer(OfferStatus.UNANSWERED, at=at)
        journey.note(FactKind.UNANSWERED, at=at, by=None, **about)
        offer_next(journey, candidates=candidates, at=at, by=None)
    journey.settle(at=at, by=None)


def delivery_failed(journey: Journey, *, worker_id: UUID, channel: str, at: Moment) -> None:
    """A message could not be delivered. While it was meant for the one asked now, a supervisor should look."""
    offer = journey.open_offer
    if offer is not None and offer.worker_id == worker_id and journey.handoff.attention is None:
        journey.call_attention(Attention.DELIVERY_FAILED)
    journey.note(FactKind.DELIVERY_FAILED, at=at, by=None, worker_id=worker_id, code=channel)


def prepare(journey: Journey, *, step: Preparation, by: Actor, at: Moment) -> None:
    """Something that makes the leaving ready is done."""
    allow(journey, HandoffCommand.PREPARE, by=by)
    journey.change_handoff(None, at=at)
    journey.meet(MilestoneCode(step.value), at=at)
    journey.note(FactKind.PREPARED, at=at, by=by.worker_id, code=step.value)


def introduce(journey: Journey, *, how: IntroductionChannel, peer_id: UUID | None, by: Actor, at: Moment) -> None:
    """The person and the peer have met, at the bedside or by phone. Nobody named: the one it lies with or is meant for."""
    moves = allow(journey, HandoffCommand.INTRODUCE, by=by)
    handoff = journey.handoff
    peer = peer_id or handoff.worker_id or handoff.suggested_worker_id
    # a colleague of the acceptor met the person: recorded, but the acceptor himself is still to be introduced
    met_acceptor = handoff.accepted_by is not None and peer == handoff.accepted_by
    state = _guarded(moves, Guard.INTRODUCED if met_acceptor else Guard.NOT_INTRODUCED)
    journey.change_handoff(None, at=at, state=state, introduced_at=at.occurred_at, introduced_peer_id=peer)
    journey.meet(MilestoneCode.INTRODUCTION, at=at)
    if how is IntroductionChannel.BEDSIDE:
        there = MilestoneCode.BEDSIDE_VISIT if state is HandoffState.PREPARING else MilestoneCode.ARRIVAL
        journey.meet(there, at=at)
    journey.note(FactKind.INTRODUCED, at=at, by=by.worker_id, worker_id=peer, code=how.value)
    journey.settle(at=at, by=by.worker_id)


def contact(
    journey: Journey, *, how: ContactChannel, reached: bool, reported_by: ReportedBy, by: Actor, at: Moment
) -> None:
    """The acceptor tried to meet the person. Only reaching somebody is first contact, and only that moves custody."""
    if not reached:
        allow(journey, HandoffCommand.ATTEMPT, by=by)
        journey.change_handoff(None, at=at)
        journey.note(FactKind.CONTACT_ATTEMPTED, at=at, by=by.worker_id, code=how.value, reported_by=reported_by.value)
        return
    moves = allow(journey, HandoffCommand.CONTACT, by=by)
    journey.change_handoff(
        EventType.HANDOFF_FIRST_CONTACT,
        at=at,
        concerning=journey.handoff.accepted_by,
        state=moves[0].next,
        contacted_at=at.occurred_at,
    )
    journey.meet(MilestoneCode.FIRST_CONTACT, at=at)
    if how is ContactChannel.IN_PERSON:
        journey.meet(MilestoneCode.ARRIVAL, at=at)
    journey.note(FactKind.FIRST_CONTACT, at=at, by=by.worker_id, code=how.value, reported_by=reported_by.value)
    journey.settle(at=at, by=by.worker_id)


def follow_up(
    journey: Journey,
    *,
    milestone: MilestoneCode | None,
    how: ContactChannel,
    reached: bool,
    reported_by: ReportedBy,
    by: Actor,
    at: Moment,
) -> None:
    """A contact after the first one; reaching the person meets the milestone it was made for, late or not. None: for its own sake.

    Of a milestone that repeats, the earliest still owed is meant. A contact before its window opens is kept as a
    contact and leaves it owed.
    """
    allow(journey, HandoffCommand.FOLLOW_UP, by=by)
    if milestone is not None and milestone not in journey.milestones:
        raise InvalidField("not_in_this_protocol", pointer="/milestone")
    journey.change_handoff(None, at=at)
    kind = FactKind.FOLLOWED_UP if reached else FactKind.CONTACT_ATTEMPTED
    if reached and milestone is not None:
        journey.meet(milestone, at=at)
    code = milestone if reached and milestone is not None else how
    journey.note(kind, at=at, by=by.worker_id, code=code.value, reported_by=reported_by.value)


def close(journey: Journey, *, outcome: Outcome, reported_by: ReportedBy, by: Actor, at: Moment) -> None:
    """The loop is closed with a word for how it ended. "Got help" needs a first contact."""
    moves = allow(journey, HandoffCommand.CLOSE, by=by)
    if outcome is Outcome.GOT_HELP and journey.handoff.contacted_at is None:
        raise InvalidField("first_contact_needed", pointer="/outcome")
    journey.answer_open_offer(OfferStatus.WITHDRAWN, at=at)
    journey.change_handoff(
        EventType.HANDOFF_CLOSED,
        at=at,
        concerning=journey.handoff.worker_id,
        reason=outcome.value,
        worker_id=journey.handoff.accepted_by,
        state=moves[0].next,
        outcome=outcome,
        ended_at=at.occurred_at,
        attention=None,
    )
    end_loop(journey, at=at)
    journey.note(FactKind.CLOSED, at=at, by=by.worker_id, code=outcome.value, reported_by=reported_by.value)
    journey.settle(at=at, by=by.worker_id)


def withdraw(journey: Journey, *, reason: WithdrawReason, by: Actor, at: Moment) -> None:
    """The sending side takes the handoff back while the discharge stands; custody is and stays with the sender."""
    allow(journey, HandoffCommand.WITHDRAW, by=by)
    take_back(journey, HandoffCommand.WITHDRAW, reason=reason.value, by=by.worker_id, at=at)
    end_loop(journey, at=at)
    journey.settle(at=at, by=by.worker_id)


def take_back(
    journey: Journey,
    command: HandoffCommand,
    *,
    reason: str,
    by: UUID | None,
    at: Moment,
    with_transition: bool = False,
) -> None:
    """Withdraw a handoff that is not withdrawn yet, from wherever it stands.

    Where its whole transition is taken back, that fact alone says why: with a reason of its own, such as a death, this one
    would be told as something else to whoever hears of it first.
    """
    if journey.handoff.state is HandoffState.WITHDRAWN:
        return
    moves = legal_moves(HANDOFF_MOVES, kind="handoff", state=journey.handoff.state, command=command)
    concerned = journey.handoff.worker_id
    journey.answer_open_offer(OfferStatus.WITHDRAWN, at=at, reason=reason)
    journey.change_handoff(
        EventType.HANDOFF_WITHDRAWN,
        at=at,
        concerning=concerned,
        reason=None if with_transition else reason,
        worker_id=journey.handoff.accepted_by,
        state=moves[0].next,
        ended_at=at.occurred_at,
        attention=None,
    )
    journey.lift(lift_all, at=at)
    journey.note(FactKind.WITHDRAWN, at=at, by=by, worker_id=concerned, code=reason)


def allow(journey: Journey, command: HandoffCommand, *, by: Actor) -> tuple[Move[HandoffState, HandoffCommand], ...]:
    """The rows of the table for this command now. Raises NotFound, NoLongerOffered, IllegalMove or NotYours."""
    parties = journey.acting_parties(by)
    moves = legal_moves(HANDOFF_MOVES, kind="handoff", state=journey.handoff.state, command=command)
    check_who(moves, parties=parties, command=command)
    return moves


def _guarded(moves: tuple[Move[HandoffState, HandoffCommand], ...], guard: Guard) -> HandoffState:
    return next(move.next for move in moves if move.guard in (None, guard))


def end_loop(journey: Journey, *, at: Moment) -> None:
    """Nothing more is owed, and the visit is free again."""
    journey.lift(lift_all, at=at)
    journey.change_transition(None, at=at, loop_closed_at=at.occurred_at)
