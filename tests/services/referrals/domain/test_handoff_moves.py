"""Every cell of both state tables: each legal move arrives where its row says, every other is refused and changes nothing."""

from collections.abc import Callable
from itertools import product
from uuid import uuid4

import pytest

from services.referrals.domain import handoff_commands as handoff
from services.referrals.domain import transition_commands as transition
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import IllegalMove, NotFound, NotYours, ReferralsError, WorkerRequired
from services.referrals.domain.handoff_errors import AlreadyTaken, NoLongerOffered
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.handoff_states import (
    HANDOFF_MOVES,
    ContactChannel,
    DeclineReason,
    HandoffCommand,
    HandoffState,
    Outcome,
    Preparation,
    WithdrawReason,
)
from services.referrals.domain.transition_states import (
    TRANSITION_MOVES,
    TransitionCommand,
    TransitionReason,
    TransitionStatus,
)
from shared.contracts.codes import AccessRole, MilestoneCode
from tests.services.referrals.domain import handoff_stories as stories
from tests.services.referrals.domain.handoff_stories import CANDIDATES, NOW, SENDER, STAFF, SUPERVISOR, at

C, S = HandoffCommand, HandoffState
Act = Callable[[Journey, Actor], None]

POSTED: dict[HandoffCommand, Act] = {
    C.ACCEPT: lambda journey, by: handoff.accept(journey, by=by, at=at(9)),
    C.DECLINE: lambda journey, by: handoff.decline(
        journey, reason=DeclineReason.CANT_RIGHT_NOW, candidates=CANDIDATES, by=by, at=at(9)
    ),
    C.PREPARE: lambda journey, by: handoff.prepare(journey, step=Preparation.CONSENT_ASKED, by=by, at=at(9)),
    C.INTRODUCE: lambda journey, by: stories.introduce(journey, by=by, minutes=9),
    C.CONTACT: lambda journey, by: stories.reach(journey, by=by, minutes=9),
    C.ATTEMPT: lambda journey, by: stories.reach(journey, by=by, minutes=9, reached=False),
    C.FOLLOW_UP: lambda journey, by: handoff.follow_up(
        journey,
        milestone=MilestoneCode.DAY_7,
        how=ContactChannel.PHONE,
        reached=True,
        reported_by=STAFF,
        by=by,
        at=at(9),
    ),
    C.CLOSE: lambda journey, by: handoff.close(
        journey, outcome=Outcome.NO_LONGER_INTERESTED, reported_by=STAFF, by=by, at=at(9)
    ),
    C.WITHDRAW: lambda journey, by: handoff.withdraw(journey, reason=WithdrawReason.PERSON_DECLINED, by=by, at=at(9)),
}
"""Every command that a person posts; `offer`, `lapse`, `retract` and `rehome` follow from something else."""

STRANGER = stories.peer(uuid4())


def everybody(journey: Journey) -> dict[Party, Actor]:
    """Somebody of every kind who is anything to this journey."""
    found = {
        Party.SENDER: SENDER,
        Party.CLINICAL: stories.actor(AccessRole.CASE_MANAGER, uuid4()),
        Party.SUPERVISOR: stories.actor(AccessRole.ADMINISTRATOR, uuid4()),
    }
    offer = journey.open_offer
    if offer is not None:
        found[Party.OFFEREE] = stories.peer(offer.worker_id)
    if journey.handoff.accepted_by is not None:
        found[Party.ACCEPTOR] = stories.peer(journey.handoff.accepted_by)
    return found


CELLS = list(product(S, POSTED))
LEGAL = {(move.state, move.command) for move in HANDOFF_MOVES}


@pytest.mark.parametrize(("state", "command"), [cell for cell in CELLS if cell not in LEGAL])
def test_an_illegal_handoff_move_is_refused_and_changes_nothing(state: S, command: C) -> None:
    for party in everybody(stories.in_state(state)):
        journey = stories.in_state(state)
        actor = everybody(journey)[party]
        before = (journey.handoff, journey.transition, journey.offers, len(journey.facts), len(journey.announcements))
        with pytest.raises((IllegalMove, AlreadyTaken, NoLongerOffered)):
            POSTED[command](journey, actor)
        after = (journey.handoff, journey.transition, journey.offers, len(journey.facts), len(journey.announcements))
        assert after == before


@pytest.mark.parametrize(("state", "command"), [cell for cell in CELLS if cell in LEGAL])
def test_a_legal_handoff_move_belongs_to_exactly_those_named(state: S, command: C) -> None:
    rows = [move for move in HANDOFF_MOVES if (move.state, move.command) == (state, command)]
    for party in everybody(stories.in_state(state)):
        journey = stories.in_state(state)
        actor = everybody(journey)[party]
        if journey.parties_of(actor) & rows[0].who:
            version = journey.handoff.version
            POSTED[command](journey, actor)
            assert journey.handoff.state in {move.next for move in rows}
            assert journey.handoff.version > version
            assert journey.facts
        else:
            with pytest.raises(NotYours):
                POSTED[command](journey, actor)
    with pytest.raises(NotFound):
        POSTED[command](stories.in_state(state), STRANGER)


@pytest.mark.parametrize("state", S)
def test_retraction_leads_from_every_state_to_withdrawn(state: S) -> None:
    journey = stories.in_state(state)
    stories.retract(journey, minutes=9)
    assert journey.handoff.state is S.WITHDRAWN
    assert journey.transition.owner_worker_id == stories.NURSE
    assert (state, C.RETRACT) in LEGAL or state is S.WITHDRAWN


TRANSITION_POSTED: dict[TransitionCommand, Act] = {
    TransitionCommand.REPLAN: lambda journey, by: transition.replan(journey, expected_at=NOW, by=by, at=at(9)),
    TransitionCommand.DISCHARGE: lambda journey, by: transition.discharge(
        journey, candidates=CANDIDATES, by=by, at=at(9)
    ),
    TransitionCommand.CANCEL: lambda journey, by: transition.cancel(
        journey, reason=TransitionReason.PLAN_CHANGED, by=by, at=at(9)
    ),
    TransitionCommand.RETRACT: lambda journey, by: transition.retract(
        journey, reason=TransitionReason.DISCHARGE_CANCELLED, by=by, at=at(9)
    ),
}


def transition_in(status: TransitionStatus) -> Journey:
    journey = stories.in_state(S.OFFERED if status is TransitionStatus.DISCHARGED else S.PREPARING)
    if status is TransitionStatus.CANCELLED:
        transition.cancel(journey, reason=TransitionReason.PLAN_CHANGED, by=SENDER, at=at(2))
    if status is TransitionStatus.RETRACTED:
        stories.retract(journey, minutes=2)
    assert journey.transition.status is status
    return journey


@pytest.mark.parametrize(("status", "command"), list(product(TransitionStatus, TransitionCommand)))
def test_every_cell_of_the_transition_table(status: TransitionStatus, command: TransitionCommand) -> None:
    rows = [move for move in TRANSITION_MOVES if (move.state, move.command) == (status, command)]
    journey = transition_in(status)
    if rows:
        for actor in (SENDER, SUPERVISOR, stories.actor(AccessRole.CASE_MANAGER, uuid4())):
            journey = transition_in(status)
            TRANSITION_POSTED[command](journey, actor)
            assert journey.transition.status is rows[0].next
        asked = transition_in(status)
        if asked.handoff.worker_id is not None:
            with pytest.raises(NotYours):
                TRANSITION_POSTED[command](asked, stories.peer(asked.handoff.worker_id))
    else:
        before = journey.transition
        with pytest.raises(IllegalMove):
            TRANSITION_POSTED[command](journey, SENDER)
        assert journey.transition == before
    with pytest.raises(NotFound):
        TRANSITION_POSTED[command](transition_in(status), STRANGER)


def test_reasons_are_asked_for_where_the_table_says_so() -> None:
    ends = {move.command for move in HANDOFF_MOVES if move.reason_required}
    assert ends == {C.DECLINE, C.WITHDRAW, C.CLOSE, C.RETRACT}
    takes_back = {move.command for move in TRANSITION_MOVES if move.reason_required}
    assert takes_back == {TransitionCommand.CANCEL, TransitionCommand.RETRACT}


def test_an_account_without_a_worker_cannot_accept() -> None:
    with pytest.raises(WorkerRequired):
        handoff.accept(stories.in_state(S.OFFERED), by=stories.actor(AccessRole.SUPERVISOR), at=at(9))


def test_a_system_may_move_transitions_but_not_answer_for_people() -> None:
    system = stories.actor(AccessRole.SYSTEM)
    journey = stories.planned()
    transition.discharge(journey, candidates=CANDIDATES, by=system, at=at(1))
    assert journey.handoff.state is S.OFFERED
    with pytest.raises(ReferralsError):
        handoff.close(journey, outcome=Outcome.NO_CAPACITY, reported_by=STAFF, by=system, at=at(2))
