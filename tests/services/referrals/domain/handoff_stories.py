"""Short ways to a journey in any state, on the pure domain."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.referrals.adapters.protocol_files import load_protocols
from services.referrals.domain import handoff_commands as handoff
from services.referrals.domain import transition_commands as transition
from services.referrals.domain.actor import Actor
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_houses import Side
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.handoff_states import (
    ContactChannel,
    HandoffState,
    IntroductionChannel,
    Outcome,
    WithdrawReason,
)
from services.referrals.domain.matcher import Candidate, HeldCredential
from services.referrals.domain.transition_states import TransitionReason
from shared.contracts.codes import AccessRole, CredentialState, IntegrationModel, ReportedBy, Setting

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHELF = load_protocols(allow_demo=True)
THERE = SHELF.programme_time(time_zone="America/New_York", calendar_code="always_open")
TENANT, NURSE, DUTY = uuid4(), uuid4(), uuid4()
PEERS = tuple(sorted((uuid4() for _ in range(4)), key=str))
STAFF = ReportedBy.STAFF


def at(minutes: float = 0, *, occurred: float | None = None) -> Moment:
    """A moment that many minutes after the beginning."""
    recorded = NOW + timedelta(minutes=minutes)
    return Moment(occurred_at=recorded if occurred is None else NOW + timedelta(minutes=occurred), recorded_at=recorded)


def actor(role: AccessRole, worker_id: UUID | None = None) -> Actor:
    """Somebody of the tenant."""
    return Actor(tenant_id=TENANT, access_role=role, worker_id=worker_id)


SENDER = actor(AccessRole.CLINICIAN, NURSE)
SUPERVISOR = actor(AccessRole.SUPERVISOR, DUTY)


def peer(worker_id: UUID) -> Actor:
    """A peer's account."""
    return actor(AccessRole.PEER, worker_id)


def candidate(worker_id: UUID, **changes: object) -> Candidate:
    """A peer who fits."""
    fields: dict[str, object] = {
        "worker_id": worker_id,
        "active": True,
        "on_team": True,
        "credentials": (HeldCredential(state=CredentialState.ACTIVE),),
        "languages": frozenset({"en"}),
        "open_load": 0,
        "last_offered_at": None,
    }
    return Candidate(**(fields | changes))  # type: ignore[arg-type]


CANDIDATES = tuple(candidate(worker_id) for worker_id in PEERS)


def plan(*, sender: UUID | None = NURSE, setting: Setting = Setting.INPATIENT_PSYCHIATRIC) -> transition.Plan:
    """The beginning of a journey."""
    return transition.Plan(
        transition_id=uuid4(),
        handoff_id=uuid4(),
        tenant_id=TENANT,
        person_id=uuid4(),
        programme_id=uuid4(),
        visit_reference="",
        sender_worker_id=sender,
        duty_owner_worker_id=DUTY,
        expected_at=NOW + timedelta(hours=5),
        protocol=SHELF.choose("standard", setting=setting, model=IntegrationModel.CO_LOCATED, on=NOW.date()),
        setting=setting,
        language="en",
        there=THERE,
    )


def planned(**changes: object) -> Journey:
    """A journey whose handoff is in preparation, for somebody of the one house there is."""
    journey = transition.begin(plan(**changes), candidates=CANDIDATES, by=NURSE, at=at())  # type: ignore[arg-type]
    journey.house = frozenset(Side)
    return journey


def in_state(state: HandoffState, **changes: object) -> Journey:
    """A journey whose handoff is in that state, by the shortest way."""
    journey = planned(**changes)
    if state is HandoffState.PREPARING:
        return journey
    transition.discharge(journey, candidates=CANDIDATES, by=SENDER, at=at(1))
    if state is HandoffState.OFFERED:
        return journey
    if state is HandoffState.WITHDRAWN:
        handoff.withdraw(journey, reason=WithdrawReason.PERSON_DECLINED, by=SENDER, at=at(2))
        return journey
    asked = journey.handoff.worker_id
    assert asked is not None
    handoff.accept(journey, by=peer(asked), at=at(2))
    if state is HandoffState.ACCEPTED:
        return journey
    if state is HandoffState.INTRODUCED:
        introduce(journey, by=peer(asked), minutes=3)
        return journey
    reach(journey, by=peer(asked), minutes=4)
    if state is HandoffState.CLOSED:
        handoff.close(journey, outcome=Outcome.GOT_HELP, reported_by=STAFF, by=peer(asked), at=at(5))
    return journey


def introduce(journey: Journey, *, by: Actor, minutes: float, peer_id: UUID | None = None) -> None:
    """A bedside introduction."""
    handoff.introduce(journey, how=IntroductionChannel.BEDSIDE, peer_id=peer_id, by=by, at=at(minutes))


def reach(journey: Journey, *, by: Actor, minutes: float, reached: bool = True) -> None:
    """A first contact, or an attempt at one."""
    handoff.contact(journey, how=ContactChannel.PHONE, reached=reached, reported_by=STAFF, by=by, at=at(minutes))


def retract(journey: Journey, *, minutes: float) -> None:
    """The discharge did not happen."""
    transition.retract(journey, reason=TransitionReason.DISCHARGE_CANCELLED, by=SENDER, at=at(minutes))
