"""Always exactly one accountable owner, whatever happens in whatever order (invariant I10)."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.referrals.domain import handoff_commands as handoff
from services.referrals.domain import transition_commands as transition
from services.referrals.domain.actor import Actor
from services.referrals.domain.custody import CustodyCause, CustodyClaim, begin_custody, settle_custody
from services.referrals.domain.errors import ReferralsError
from services.referrals.domain.handoff_facts import FactKind, Moment
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import DeclineReason, HandoffState, Outcome, WithdrawReason
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.transition_states import TransitionReason, TransitionStatus
from shared.contracts.events import EventType
from tests.services.referrals.domain import handoff_stories as stories
from tests.services.referrals.domain.handoff_stories import CANDIDATES, DUTY, NURSE, PEERS, SENDER, STAFF, SUPERVISOR

ACTORS = st.sampled_from([SENDER, SUPERVISOR, *(stories.peer(worker) for worker in PEERS), stories.peer(uuid4())])
SHIFT = st.integers(-600, 1)
"""Minutes by which what is told lies before (or, within clock skew, after) the telling."""


class CustodyMachine(RuleBasedStateMachine):
    """Commands of everybody in any order, late entries included; refusals are part of life."""

    journey: Journey
    minutes = 0

    @initialize(sender=st.sampled_from([NURSE, None]))
    def begin(self, sender: None) -> None:
        self.minutes = 0
        self.journey = transition.begin(stories.plan(sender=sender), candidates=CANDIDATES, by=sender, at=stories.at(0))

    def _at(self, shift: int) -> Moment:
        self.minutes += 1
        return stories.at(self.minutes, occurred=self.minutes + shift)

    def _try(self, act: object) -> None:
        before = (self.journey.transition, self.journey.handoff, len(self.journey.custody_entries))
        try:
            act()  # type: ignore[operator]
        except ReferralsError:
            after = (self.journey.transition, self.journey.handoff, len(self.journey.custody_entries))
            assert after == before, "a refusal changes nothing"

    @rule(by=ACTORS, shift=SHIFT)
    def discharge(self, by: Actor, shift: int) -> None:
        at = self._at(shift)
        self._try(lambda: transition.discharge(self.journey, candidates=CANDIDATES, by=by, at=at))

    @rule(by=ACTORS, shift=SHIFT)
    def accept(self, by: Actor, shift: int) -> None:
        at = self._at(shift)
        self._try(lambda: handoff.accept(self.journey, by=by, at=at))

    @rule(by=ACTORS, shift=SHIFT)
    def decline(self, by: Actor, shift: int) -> None:
        at, reason = self._at(shift), DeclineReason.CANT_RIGHT_NOW
        self._try(lambda: handoff.decline(self.journey, reason=reason, candidates=CANDIDATES, by=by, at=at))

    @rule(offer_number=st.integers(0, 6), shift=SHIFT)
    def lapse(self, offer_number: int, shift: int) -> None:
        handoff.lapse(self.journey, offer_number=offer_number, candidates=CANDIDATES, at=self._at(shift))

    @rule(by=ACTORS, named=st.sampled_from([None, *PEERS]))
    def introduce(self, by: Actor, named: None) -> None:
        self.minutes += 1
        self._try(lambda: stories.introduce(self.journey, by=by, minutes=self.minutes, peer_id=named))

    @rule(by=ACTORS, reached=st.booleans())
    def contact(self, by: Actor, reached: bool) -> None:
        self.minutes += 1
        self._try(lambda: stories.reach(self.journey, by=by, minutes=self.minutes, reached=reached))

    @rule()
    def acceptor_reaches(self) -> None:
        if self.journey.handoff.accepted_by is not None:
            self.contact(stories.peer(self.journey.handoff.accepted_by), reached=True)

    @rule()
    def offeree_accepts(self) -> None:
        offer = self.journey.open_offer
        if offer is not None:
            self.accept(stories.peer(offer.worker_id), shift=0)

    @rule(by=ACTORS, outcome=st.sampled_from(Outcome), shift=SHIFT)
    def close(self, by: Actor, outcome: Outcome, shift: int) -> None:
        at = self._at(shift)
        self._try(lambda: handoff.close(self.journey, outcome=outcome, reported_by=STAFF, by=by, at=at))

    @rule(by=ACTORS)
    def withdraw(self, by: Actor) -> None:
        at, reason = self._at(0), WithdrawReason.NO_LONGER_NEEDED
        self._try(lambda: handoff.withdraw(self.journey, reason=reason, by=by, at=at))

    @rule(by=ACTORS, shift=SHIFT)
    def retract(self, by: Actor, shift: int) -> None:
        at, reason = self._at(shift), TransitionReason.DISCHARGE_CANCELLED
        self._try(lambda: transition.retract(self.journey, reason=reason, by=by, at=at))

    @rule(by=ACTORS)
    def cancel(self, by: Actor) -> None:
        at, reason = self._at(0), TransitionReason.PLAN_CHANGED
        self._try(lambda: transition.cancel(self.journey, reason=reason, by=by, at=at))

    @invariant()
    def exactly_one_rightful_owner(self) -> None:
        now = self.journey
        met = now.handoff.accepted_by is not None and now.handoff.contacted_at is not None
        stands = now.transition.status is TransitionStatus.DISCHARGED
        rightful = now.handoff.accepted_by if met and stands else now.transition.origin_worker_id
        assert now.transition.owner_worker_id == rightful

    @invariant()
    def history_is_one_unbroken_line(self) -> None:
        entries = self.journey.custody_entries
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        assert entries[0].from_worker_id is None
        for earlier, later in pairwise(entries):
            assert later.from_worker_id == earlier.to_worker_id != later.to_worker_id
            assert later.at.occurred_at >= earlier.at.occurred_at
        assert entries[-1].to_worker_id == self.journey.transition.owner_worker_id
        assert entries[-1].sequence == self.journey.transition.custody.sequence

    @invariant()
    def custody_never_moves_before_acceptance_and_first_contact(self) -> None:
        kinds = [fact.kind for fact in self.journey.facts]
        for entry in self.journey.custody_entries:
            if entry.cause is CustodyCause.FIRST_CONTACT:
                assert self.journey.handoff.accepted_at is not None
                assert entry.at.occurred_at >= self.journey.handoff.accepted_at
                moved = kinds.index(FactKind.CUSTODY_MOVED)
                assert FactKind.ACCEPTED in kinds[:moved]
                assert FactKind.FIRST_CONTACT in kinds[:moved]

    @invariant()
    def at_most_one_open_offer_and_versions_only_grow(self) -> None:
        open_offers = [offer for offer in self.journey.offers if offer.status is OfferStatus.OPEN]
        assert len(open_offers) == (self.journey.handoff.state is HandoffState.OFFERED)
        versions = [
            (one.subject, one.data.version)
            for one in self.journey.announcements
            if one.type is not EventType.CUSTODY_MOVED
        ]
        assert len(set(versions)) == len(versions), "every event of an aggregate has a version of its own"


CustodyMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
test_custody_under_any_order_of_commands = CustodyMachine.TestCase


def claim(**facts: object) -> CustodyClaim:
    fields: dict[str, object] = {
        "origin_worker_id": NURSE,
        "stands": True,
        "accepted_by": None,
        "accepted_at": None,
        "contacted_at": None,
    }
    return CustodyClaim(**(fields | facts))  # type: ignore[arg-type]


def test_a_first_contact_told_late_takes_effect_when_it_was_accepted() -> None:
    custody, _ = begin_custody(origin_worker_id=NURSE, by=NURSE, at=stories.at(0))
    accepted_at = stories.NOW + timedelta(minutes=30)
    met = claim(accepted_by=PEERS[0], accepted_at=accepted_at, contacted_at=stories.NOW + timedelta(minutes=10))
    moved, entry = settle_custody(custody, claim=met, by=PEERS[0], at=stories.at(60, occurred=10))
    assert entry is not None
    assert (moved.owner_worker_id, moved.since, entry.at.recorded_at) == (
        PEERS[0],
        accepted_at,
        stories.at(60).recorded_at,
    )


def test_custody_that_lies_right_does_not_move() -> None:
    custody, _ = begin_custody(origin_worker_id=DUTY, by=None, at=stories.at(0))
    met = claim(origin_worker_id=DUTY, accepted_by=DUTY, accepted_at=stories.NOW, contacted_at=stories.NOW)
    assert settle_custody(custody, claim=met, by=DUTY, at=stories.at(1)) == (custody, None)
