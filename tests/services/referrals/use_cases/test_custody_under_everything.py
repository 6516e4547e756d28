"""Always exactly one accountable owner (invariant I10): every use case of transitions and handoffs, in any order, on
several transitions at once, with sources that take things back and colleagues who leave in between.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.referrals.domain.actor import Actor
from services.referrals.domain.custody import CustodyCause
from services.referrals.domain.errors import ReferralsError
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import (
    ContactChannel,
    DeclineReason,
    HandoffState,
    IntroductionChannel,
    Outcome,
    Preparation,
    WithdrawReason,
)
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.outcome import Patience
from services.referrals.domain.rehoming import Unable
from services.referrals.domain.source_facts import SourceFact, SourceKind
from services.referrals.domain.transition_states import TransitionReason, TransitionStatus
from services.referrals.use_cases.accept_handoff import accept_handoff
from services.referrals.use_cases.cancel_transition import cancel_transition
from services.referrals.use_cases.close_handoff import close_handoff
from services.referrals.use_cases.decline_handoff import decline_handoff
from services.referrals.use_cases.discharge_transition import discharge_transition
from services.referrals.use_cases.follow_source_event import follow_source_event
from services.referrals.use_cases.handoff_ports import Asked
from services.referrals.use_cases.lapse_handoff_offer import lapse_handoff_offer
from services.referrals.use_cases.plan_transition import NewTransition, plan_transition
from services.referrals.use_cases.prepare_handoff import prepare_handoff
from services.referrals.use_cases.record_handoff_contact import record_handoff_contact
from services.referrals.use_cases.record_handoff_follow_up import record_handoff_follow_up
from services.referrals.use_cases.record_handoff_introduction import record_handoff_introduction
from services.referrals.use_cases.referral_ports import ReferralRules
from services.referrals.use_cases.rehome_dropped import Held, HeldKind, ReferralHomes, rehome_dropped
from services.referrals.use_cases.replan_transition import replan_transition
from services.referrals.use_cases.retract_transition import retract_transition
from services.referrals.use_cases.withdraw_handoff import withdraw_handoff
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, MilestoneCode, ReportedBy
from tests.services.referrals.domain import handoff_stories as stories
from tests.services.referrals.domain.handoff_stories import NOW, NURSE, PEERS, SENDER, SHELF, SUPERVISOR, TENANT
from tests.services.referrals.domain.referral_stories import CALENDARS, MODELS
from tests.services.referrals.fakes import MemoryWorks, once
from tests.services.referrals.memory_episodes import MemoryEpisodeWorks

NO_UNIT: Any = MemoryWorks()
NO_REFERRALS = ReferralHomes(works=NO_UNIT, rules=ReferralRules(models=MODELS, calendars=CALENDARS))
PEOPLE, WARDS = [UUID(int=one) for one in (101, 102)], [UUID(int=one) for one in (201, 202)]
INTEROP = Actor(tenant_id=TENANT, access_role=AccessRole.SYSTEM, subject="interop")
ACTORS = st.sampled_from([SENDER, SUPERVISOR, *(stories.peer(worker) for worker in PEERS)])
WHICH = st.integers(0, 7)
PERSON, WARD = st.sampled_from(PEOPLE), st.sampled_from(WARDS)
SHIFT = st.integers(-90, 0)
"""Minutes by which what is told lies before the telling."""


class Nothing:
    """Nobody is unable but for those the machine names."""

    def __init__(self, held: Sequence[Held]) -> None:
        self._held = held

    async def find(self, *, limit: int) -> Sequence[Held]:
        """Those named."""
        return self._held


class EverythingMachine(RuleBasedStateMachine):
    """Refusals are part of life; what is refused changes nothing, because nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.works = MemoryEpisodeWorks()
        self.minutes = 0
        self.loop = asyncio.new_event_loop()

    def teardown(self) -> None:
        self.loop.close()

    @property
    def journeys(self) -> list[Journey]:
        return list(self.works.work.handoffs.kept.values())

    def _clock(self) -> FixedClock:
        self.minutes += 1
        return FixedClock(NOW + timedelta(minutes=self.minutes))

    def _run(self, doing: Awaitable[Any]) -> None:
        with suppress(ReferralsError):
            self.loop.run_until_complete(doing)

    def _do(self, use_case: Any, which: int, by: Actor, shift: int, *, on_handoff: bool = True, **more: Any) -> None:
        if not self.journeys:
            return
        journey = self.journeys[which % len(self.journeys)]
        clock, subject = self._clock(), journey.handoff if on_handoff else journey.transition
        occurred_at = clock.now() + timedelta(minutes=shift)
        asked = Asked(by=by, expected_version=subject.version, occurred_at=occurred_at)
        self._run(use_case(subject.id, asked=asked, works=self.works, clock=clock, once=once(), **more))

    @rule(person=PERSON, ward=WARD, left=st.booleans(), sender=st.sampled_from([SENDER, SUPERVISOR]))
    def begin(self, person: UUID, ward: UUID, left: bool, sender: Actor) -> None:
        clock = self._clock()
        new = NewTransition(
            person_id=person,
            programme_id=ward,
            status=TransitionStatus.DISCHARGED if left else TransitionStatus.PLANNED,
            expected_at=None if left else NOW + timedelta(hours=40),
        )
        self._run(plan_transition(new, by=sender, works=self.works, protocols=SHELF, clock=clock, once=once()))

    @rule(
        person=PERSON,
        ward=WARD,
        kind=st.sampled_from(SourceKind),
        key=st.sampled_from(["visit-1", "visit-2"]),
        ago=st.integers(0, 200),
    )
    def source_tells(self, person: UUID, ward: UUID, kind: SourceKind, key: str, ago: int) -> None:
        clock = self._clock()
        at = clock.now() - timedelta(minutes=ago)
        fact = SourceFact(source_key=key, kind=kind, person_id=person, programme_id=ward, event_at=at, moment=at)
        self._run(follow_source_event(fact, by=INTEROP, works=self.works, protocols=SHELF, clock=clock, once=once()))

    @rule(which=WHICH, by=ACTORS, shift=SHIFT, hours=st.integers(1, 90))
    def replan(self, which: int, by: Actor, shift: int, hours: int) -> None:
        later = NOW + timedelta(hours=hours)
        self._do(replan_transition, which, by, shift, on_handoff=False, expected_at=later)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT)
    def discharge(self, which: int, by: Actor, shift: int) -> None:
        self._do(discharge_transition, which, by, shift, on_handoff=False)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT)
    def cancel(self, which: int, by: Actor, shift: int) -> None:
        self._do(cancel_transition, which, by, shift, on_handoff=False, reason=TransitionReason.PLAN_CHANGED)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT)
    def retract(self, which: int, by: Actor, shift: int) -> None:
        reason = TransitionReason.DISCHARGE_CANCELLED
        self._do(retract_transition, which, by, shift, on_handoff=False, reason=reason)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT, step=st.sampled_from(Preparation))
    def prepare(self, which: int, by: Actor, shift: int, step: Preparation) -> None:
        self._do(prepare_handoff, which, by, shift, step=step)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT, how=st.sampled_from(IntroductionChannel))
    def introduce(self, which: int, by: Actor, shift: int, how: IntroductionChannel) -> None:
        self._do(record_handoff_introduction, which, by, shift, how=how, peer_worker_id=None)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT)
    def decline(self, which: int, by: Actor, shift: int) -> None:
        self._do(decline_handoff, which, by, shift, reason=DeclineReason.CANT_RIGHT_NOW)

    @rule(which=WHICH, shift=SHIFT)
    def whoever_is_asked_accepts(self, which: int, shift: int) -> None:
        offers = [(place, one.open_offer) for place, one in enumerate(self.journeys) if one.open_offer is not None]
        if offers:
            place, offer = offers[which % len(offers)]
            assert offer is not None
            self._do(accept_handoff, place, stories.peer(offer.worker_id), shift)

    @rule(which=WHICH, shift=SHIFT, reached=st.booleans())
    def whoever_accepted_gets_in_touch(self, which: int, shift: int, reached: bool) -> None:
        mine = [(place, one.handoff.accepted_by) for place, one in enumerate(self.journeys) if one.handoff.accepted_by]
        if mine:
            place, worker = mine[which % len(mine)]
            how: dict[str, Any] = {"how": ContactChannel.IN_PERSON, "reached": reached, "reported_by": ReportedBy.STAFF}
            assert worker is not None
            met = self.journeys[place].handoff.state is HandoffState.CONTACTED
            more: dict[str, Any] = {"milestone": MilestoneCode.DAY_7} if met else {}
            use_case: Any = record_handoff_follow_up if met else record_handoff_contact
            self._do(use_case, place, stories.peer(worker), shift, **how, **more)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT, outcome=st.sampled_from(Outcome))
    def close(self, which: int, by: Actor, shift: int, outcome: Outcome) -> None:
        self._do(close_handoff, which, by, shift, outcome=outcome, reported_by=ReportedBy.STAFF)

    @rule(which=WHICH, by=ACTORS, shift=SHIFT)
    def withdraw(self, which: int, by: Actor, shift: int) -> None:
        self._do(withdraw_handoff, which, by, shift, reason=WithdrawReason.NO_LONGER_NEEDED)

    @precondition(lambda self: self.journeys)
    @rule(which=WHICH, number=st.integers(0, 5))
    def ladder_runs_out(self, which: int, number: int) -> None:
        handoff_id, clock = self.journeys[which % len(self.journeys)].handoff.id, self._clock()
        self._run(
            lapse_handoff_offer(
                handoff_id, offer_number=number, occurred_at=clock.now(), work=self.works.work, clock=clock
            )
        )

    @precondition(lambda self: self.journeys)
    @rule(which=WHICH, worker=st.sampled_from([NURSE, *PEERS]), why=st.sampled_from(Unable))
    def somebody_cannot_go_on(self, which: int, worker: UUID, why: Unable) -> None:
        handoff_id = self.journeys[which % len(self.journeys)].handoff.id
        held = Held(tenant_id=TENANT, kind=HeldKind.HANDOFF, id=handoff_id, worker_id=worker, why=why)
        patience = Patience()
        self._run(
            rehome_dropped(
                dropped=Nothing([held]),
                works=MemoryWorks(),
                handoff_works=self.works,
                referrals=NO_REFERRALS,
                clock=self._clock(),
                patience=patience,
            )
        )
        after = next(one for one in self.journeys if one.handoff.id == handoff_id)
        if after.transition.loop_closed_at is None and after.transition.status is TransitionStatus.DISCHARGED:
            assert worker not in (after.handoff.worker_id, after.transition.owner_worker_id)

    @invariant()
    def exactly_one_rightful_owner(self) -> None:
        for one in self.journeys:
            met = one.handoff.accepted_by is not None and one.handoff.contacted_at is not None
            stands = one.transition.status is TransitionStatus.DISCHARGED
            rightful = one.handoff.accepted_by if met and stands else one.transition.origin_worker_id
            assert one.transition.owner_worker_id == rightful

    @invariant()
    def history_has_no_gap_and_no_second_owner(self) -> None:
        for one in self.journeys:
            entries = one.custody_entries
            assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
            assert entries[0].cause is CustodyCause.BEGUN
            for earlier, later in pairwise(entries):
                assert later.from_worker_id == earlier.to_worker_id != later.to_worker_id
                assert later.at.occurred_at >= earlier.at.occurred_at, "each begins where the one before ends"
            assert entries[-1].to_worker_id == one.transition.owner_worker_id
            assert entries[-1].sequence == one.transition.custody.sequence

    @invariant()
    def nothing_runs_on_what_has_ended_and_one_is_asked_at_a_time(self) -> None:
        for one in self.journeys:
            waiting = [offer for offer in one.offers if offer.status is OfferStatus.OPEN]
            assert len(waiting) == (one.handoff.state is HandoffState.OFFERED)
            if one.transition.loop_closed_at is not None:
                assert not [clock for clock in one.milestones.values() if clock.is_owed]

    @invariant()
    def every_fact_told_has_a_version_of_its_own(self) -> None:
        told = [(event, subject, data.version) for event, subject, data in self.works.work.announced]
        assert len(set(told)) == len(told)


EverythingMachine.TestCase.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
test_custody_under_everything = EverythingMachine.TestCase
