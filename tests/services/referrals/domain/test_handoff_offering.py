"""Who is asked, in which order, until when; what silence and refusal lead to; and who acts next by which clock."""

from datetime import timedelta

import pytest

from services.referrals.domain import handoff_commands as handoff
from services.referrals.domain import transition_commands as transition
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_errors import NobodyLeftToAsk, NoLongerOffered
from services.referrals.domain.handoff_facts import Attention, FactKind
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.handoff_next import NextAct, next_step
from services.referrals.domain.handoff_states import ContactChannel, DeclineReason, HandoffState, Outcome
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.milestones import MilestoneState
from shared.contracts.codes import MilestoneCode, OfferKind, Setting
from shared.contracts.events import EventType, HandoffOffered
from tests.services.referrals.domain import handoff_stories as stories
from tests.services.referrals.domain.handoff_stories import CANDIDATES, DUTY, NURSE, PEERS, SENDER, STAFF, at


def lapse(journey: Journey, number: int, *, minutes: float) -> None:
    handoff.lapse(journey, offer_number=number, candidates=CANDIDATES, at=at(minutes))


def decline(journey: Journey, *, minutes: float, reason: DeclineReason = DeclineReason.CANT_RIGHT_NOW) -> None:
    offer = journey.open_offer
    assert offer is not None
    handoff.decline(journey, reason=reason, candidates=CANDIDATES, by=stories.peer(offer.worker_id), at=at(minutes))


def test_silence_leads_to_the_next_peer_and_then_to_the_duty_owner() -> None:
    journey = stories.in_state(HandoffState.OFFERED, setting=Setting.EMERGENCY_DEPARTMENT)
    lapse(journey, 1, minutes=11)
    lapse(journey, 2, minutes=22)
    assert [offer.worker_id for offer in journey.offers] == [PEERS[0], PEERS[1], DUTY]
    assert [offer.status for offer in journey.offers] == [
        OfferStatus.UNANSWERED,
        OfferStatus.UNANSWERED,
        OfferStatus.OPEN,
    ]
    events = [one.data for one in journey.announcements if one.type is EventType.HANDOFF_OFFERED]
    assert [event.ladder for event in events if isinstance(event, HandoffOffered)] == [
        "emergency_department",
        "emergency_department",
        "supervisor",
    ]
    assert journey.transition.owner_worker_id == NURSE, "escalation tells somebody; it moves no custody"


def test_an_unanswered_escalation_stays_visible_and_can_still_be_accepted() -> None:
    journey = stories.in_state(HandoffState.OFFERED, setting=Setting.EMERGENCY_DEPARTMENT)
    for number in (1, 2, 3):
        lapse(journey, number, minutes=number * 11)
    version = journey.handoff.version
    assert journey.handoff.attention is Attention.ESCALATION_UNANSWERED
    lapse(journey, 3, minutes=40)
    assert journey.facts[-1].kind is FactKind.SIGNAL_IGNORED
    assert journey.handoff.version == version, "nobody's answer fails because a signal came twice"
    handoff.accept(journey, by=stories.SUPERVISOR, at=at(50))
    assert (journey.handoff.state, journey.handoff.attention) == (HandoffState.ACCEPTED, None)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_signal_about_another_offer_changes_nothing_and_is_kept(number: int) -> None:
    journey = stories.in_state(HandoffState.OFFERED)
    lapse(journey, 1, minutes=11)
    before = (journey.handoff, journey.offers, len(journey.announcements))
    lapse(journey, number, minutes=12)
    assert (journey.handoff, journey.offers, len(journey.announcements)) == before
    assert (journey.facts[-1].kind, journey.facts[-1].offer_number) == (FactKind.SIGNAL_IGNORED, number)


def test_a_signal_after_acceptance_is_ignored() -> None:
    journey = stories.in_state(HandoffState.ACCEPTED)
    lapse(journey, 1, minutes=70)
    assert journey.handoff.state is HandoffState.ACCEPTED


def test_everybody_declines_and_the_duty_owner_cannot() -> None:
    journey = stories.in_state(HandoffState.OFFERED)
    for minutes in range(2, 2 + len(PEERS)):
        decline(journey, minutes=minutes)
    offer = journey.open_offer
    assert offer is not None
    assert (offer.kind, offer.worker_id) == (OfferKind.SUPERVISOR_ESCALATION, DUTY)
    with pytest.raises(NobodyLeftToAsk):
        handoff.decline(
            journey,
            reason=DeclineReason.CANT_RIGHT_NOW,
            candidates=CANDIDATES,
            by=stories.SUPERVISOR,
            at=at(9),
        )
    numbers = [one.data.version for one in journey.announcements if one.subject == journey.handoff.id]
    assert numbers == list(range(2, 2 + len(numbers))), "declined and offered each have a version of their own"


def test_outside_my_role_is_kept_for_supervisors() -> None:
    journey = stories.in_state(HandoffState.OFFERED)
    decline(journey, minutes=2, reason=DeclineReason.OUTSIDE_MY_ROLE)
    assert FactKind.OUTSIDE_ROLE_REPORTED in [fact.kind for fact in journey.facts]
    with pytest.raises(NoLongerOffered):
        handoff.accept(journey, by=stories.peer(PEERS[0]), at=at(3))


def test_an_offer_counts_from_when_it_is_made_however_late_the_discharge_was_told() -> None:
    journey = stories.planned()
    transition.discharge(journey, candidates=CANDIDATES, by=SENDER, at=at(600, occurred=0))
    offer = journey.open_offer
    assert offer is not None
    assert offer.respond_by == at(600).recorded_at + timedelta(hours=1)
    assert journey.milestones[MilestoneCode.FIRST_CONTACT].due_at == stories.NOW + timedelta(hours=24)


def test_the_peer_who_was_introduced_is_asked_first_and_is_introduced_when_accepting() -> None:
    journey = stories.planned()
    stories.introduce(journey, by=SENDER, minutes=1, peer_id=PEERS[2])
    transition.discharge(journey, candidates=CANDIDATES, by=SENDER, at=at(2))
    assert journey.handoff.worker_id == PEERS[2]
    handoff.accept(journey, by=stories.peer(PEERS[2]), at=at(3))
    assert journey.handoff.state is HandoffState.INTRODUCED


def test_another_peer_is_not_introduced_by_a_colleagues_introduction() -> None:
    journey = stories.planned()
    stories.introduce(journey, by=SENDER, minutes=1)
    transition.discharge(journey, candidates=CANDIDATES, by=SENDER, at=at(2))
    decline(journey, minutes=3)
    asked = journey.handoff.worker_id
    assert asked is not None
    handoff.accept(journey, by=stories.peer(asked), at=at(4))
    assert journey.handoff.state is HandoffState.ACCEPTED
    stories.introduce(journey, by=SENDER, minutes=5, peer_id=PEERS[3])
    assert journey.handoff.state is HandoffState.ACCEPTED
    stories.introduce(journey, by=stories.peer(asked), minutes=6)
    assert journey.handoff.state is HandoffState.INTRODUCED


def test_an_introduction_without_any_peer_named_counts_for_whoever_accepts() -> None:
    journey = transition.begin(stories.plan(), candidates=(), by=NURSE, at=at())
    stories.introduce(journey, by=SENDER, minutes=1)
    transition.discharge(journey, candidates=CANDIDATES, by=SENDER, at=at(2))
    handoff.accept(journey, by=stories.peer(PEERS[0]), at=at(3))
    assert journey.handoff.state is HandoffState.INTRODUCED


def test_a_failed_delivery_calls_for_attention_only_while_it_matters() -> None:
    journey = stories.in_state(HandoffState.OFFERED)
    handoff.delivery_failed(journey, worker_id=PEERS[3], channel="email", at=at(2))
    assert journey.handoff.attention is None
    handoff.delivery_failed(journey, worker_id=PEERS[0], channel="email", at=at(2))
    assert journey.handoff.attention is Attention.DELIVERY_FAILED
    assert [fact.code for fact in journey.facts if fact.kind is FactKind.DELIVERY_FAILED] == ["email", "email"]
    decline(journey, minutes=3)
    assert journey.handoff.attention is None, "somebody else is asked now"


def test_a_follow_up_needs_a_milestone_of_the_protocol_and_an_attempt_meets_none() -> None:
    journey = stories.in_state(HandoffState.CONTACTED)
    acceptor = stories.peer(PEERS[0])

    def follow_up(code: MilestoneCode | None, *, reached: bool) -> None:
        how = ContactChannel.TEXT
        handoff.follow_up(journey, milestone=code, how=how, reached=reached, reported_by=STAFF, by=acceptor, at=at(9))

    follow_up(MilestoneCode.DAY_30, reached=False)
    assert journey.milestones[MilestoneCode.DAY_30].state is MilestoneState.DUE
    follow_up(None, reached=True)
    assert journey.facts[-1].code == ContactChannel.TEXT, "a contact for its own sake"
    follow_up(MilestoneCode.DAY_30, reached=True)
    assert journey.milestones[MilestoneCode.DAY_30].state is MilestoneState.MET
    del journey.milestones[MilestoneCode.DAY_90]
    with pytest.raises(InvalidField):
        follow_up(MilestoneCode.DAY_90, reached=True)


def test_who_acts_next_in_every_state() -> None:
    steps = {state: next_step(stories.in_state(state)) for state in HandoffState}
    told = {
        state: None if step is None else (step.who, step.worker_id, step.act, step.clock)
        for state, step in steps.items()
    }
    acceptor = (Party.ACCEPTOR, PEERS[0])
    first = (*acceptor, NextAct.FIRST_CONTACT, MilestoneCode.FIRST_CONTACT)
    assert told == {
        HandoffState.PREPARING: (Party.SENDER, NURSE, NextAct.DISCHARGE, MilestoneCode.INTRODUCTION),
        HandoffState.OFFERED: (Party.OFFEREE, PEERS[0], NextAct.ANSWER, MilestoneCode.OWNER_ACCEPTS),
        HandoffState.ACCEPTED: first,
        HandoffState.INTRODUCED: first,
        HandoffState.CONTACTED: (*acceptor, NextAct.FOLLOW_UP, MilestoneCode.FOLLOW_UP_CALL),
        HandoffState.CLOSED: None,
        HandoffState.WITHDRAWN: None,
    }


def test_when_every_follow_up_is_done_only_closing_is_left() -> None:
    journey = stories.in_state(HandoffState.CONTACTED)
    for code in (MilestoneCode.FOLLOW_UP_CALL, MilestoneCode.DAY_7, MilestoneCode.DAY_30, MilestoneCode.DAY_90):
        del journey.milestones[code]
    step = next_step(journey)
    assert step is not None
    assert (step.act, step.clock, step.due_at) == (NextAct.CLOSE, None, None)


def test_an_offer_closed_by_the_sender_leaves_nobody_asked() -> None:
    journey = stories.in_state(HandoffState.OFFERED)
    handoff.close(journey, outcome=Outcome.NO_LONGER_INTERESTED, reported_by=STAFF, by=SENDER, at=at(3))
    assert (journey.open_offer, journey.handoff.worker_id) == (None, None)
    with pytest.raises(NoLongerOffered):
        handoff.accept(journey, by=stories.peer(PEERS[0]), at=at(4))
    with pytest.raises(NoLongerOffered):
        handoff.accept(journey, by=SENDER, at=at(4))
