"""Begin a transition: planned for a time to come, or for a discharge that nobody planned."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referrals.domain.actor import CLINICAL, Actor
from services.referrals.domain.errors import InvalidField, NotFound
from services.referrals.domain.handoff_facts import Moment
from services.referrals.domain.handoff_houses import Side
from services.referrals.domain.handoff_journey import Journey
from services.referrals.domain.local_times import local_date
from services.referrals.domain.protocol_shelf import ProtocolShelf, ProtocolUnavailable
from services.referrals.domain.protocols import Protocol
from services.referrals.domain.times import not_in_the_future, plausible
from services.referrals.domain.transition_commands import Plan, begin, begin_discharged
from services.referrals.domain.transition_states import TransitionStatus
from services.referrals.domain.transitions import NO_VISIT
from services.referrals.use_cases.handoff_ports import HandoffWork, PlanningWork, ProgrammeAround, Surroundings
from services.referrals.use_cases.handoff_turn import announce
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.register_person import NewPerson, home_of, person_of
from shared.clock import Clock
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTransition:
    """What the caller says. `status` is planned or discharged; `occurred_at` is when it was planned or discharged.

    `sender_worker_id`: only those who supervise may name somebody else; nobody named means the caller where the
    caller is of the clinical side, the programme's duty owner otherwise. Either has to be of the caller's own house,
    because whoever sends somebody knows who it is. Administrators and sources speak for the whole network.
    """

    person_id: UUID
    programme_id: UUID
    status: TransitionStatus
    expected_at: datetime | None = None
    occurred_at: datetime | None = None
    visit_reference: str | None = None
    sender_worker_id: UUID | None = None


async def plan_transition(
    new: NewTransition,
    *,
    by: Actor,
    works: WorkSource[PlanningWork],
    protocols: ProtocolShelf,
    clock: Clock,
    once: Once,
    newcomer: NewPerson | None = None,
) -> Journey:
    """The new journey. `newcomer` is written down in the same commit, under its `person_id`.

    Raises NotFound for unknown references, InvalidField, OpenDuplicate for a visit with an open one.
    """
    if new.status is TransitionStatus.PLANNED and new.expected_at is None:
        raise InvalidField("needed_for_a_plan", pointer="/expected_at")
    occurred_at = not_in_the_future(new.occurred_at, clock=clock)
    at = Moment(occurred_at=occurred_at, recorded_at=clock.now())
    sender = _sender(new, by=by)
    async with works.begin(by.tenant_id, once=once) as work:
        if newcomer is not None:
            home = await home_of(by, work=work)
            somebody = person_of(
                newcomer, person_id=new.person_id, tenant_id=by.tenant_id, home=home, now=at.recorded_at
            )
            await work.people.add(somebody)
        journey = await begin_journey(
            new, sender=sender, tenant_id=by.tenant_id, by=by, work=work, protocols=protocols, at=at
        )
        await work.handoffs.add(journey)
        announce(work, journey)
        work.answer(journey)
    return journey


async def begin_journey(
    new: NewTransition,
    *,
    sender: UUID | None,
    tenant_id: UUID,
    by: Actor | None,
    work: HandoffWork,
    protocols: ProtocolShelf,
    at: Moment,
) -> Journey:
    """The new journey, not kept yet. Raises NotFound for unknown references, InvalidField without a usable protocol.

    Without `by` it is a source that tells of it.
    """
    around = await work.handoffs.surroundings(
        person_id=new.person_id, programme_id=new.programme_id, sender_worker_id=sender, by=by
    )
    plan = _plan(new, tenant_id=tenant_id, sender=sender, around=around, protocols=protocols, at=at)
    if by is not None and by.access_role is not AccessRole.ADMINISTRATOR and not around.sender_at_home:
        raise InvalidField("works_elsewhere", pointer="/sender_worker_id")
    candidates = await work.handoffs.candidates(
        programme_id=new.programme_id, person_id=around.person_id, sender_worker_id=sender, on=at.recorded_at
    )
    start = begin if new.status is TransitionStatus.PLANNED else begin_discharged
    journey = start(plan, candidates=candidates, by=None if by is None else by.worker_id, at=at)
    journey.house = frozenset() if by is None else frozenset({Side.SENDS})
    return journey


def _sender(new: NewTransition, *, by: Actor) -> UUID | None:
    if new.sender_worker_id not in (None, by.worker_id) and not by.supervises:
        # naming a colleague would make that colleague accountable unasked
        raise InvalidField("only_yourself", pointer="/sender_worker_id")
    if new.sender_worker_id is None and by.access_role in CLINICAL:
        return by.acting_worker()
    return new.sender_worker_id


def _plan(
    new: NewTransition,
    *,
    tenant_id: UUID,
    sender: UUID | None,
    around: Surroundings,
    protocols: ProtocolShelf,
    at: Moment,
) -> Plan:
    if around.person_language is None:
        raise NotFound("person", pointer="/person_id")
    programme = around.programme
    if programme is None:
        raise NotFound("programme", pointer="/programme_id")
    if sender is not None and not around.sender_active:
        raise NotFound("worker", pointer="/sender_worker_id")
    return Plan(
        transition_id=new_id(),
        handoff_id=new_id(),
        tenant_id=tenant_id,
        person_id=around.person_id,
        programme_id=new.programme_id,
        visit_reference=new.visit_reference or NO_VISIT,
        sender_worker_id=sender,
        duty_owner_worker_id=programme.duty_owner_worker_id,
        expected_at=plausible(new.expected_at, pointer="/expected_at"),
        protocol=_protocol(protocols, programme, on=local_date(at.recorded_at, time_zone=programme.time.time_zone)),
        setting=programme.setting,
        language=around.person_language,
        there=programme.time,
    )


def _protocol(protocols: ProtocolShelf, programme: ProgrammeAround, *, on: date) -> Protocol:
    try:
        return protocols.choose(programme.protocol_code, setting=programme.setting, model=programme.model, on=on)
    except ProtocolUnavailable:
        raise InvalidField("protocol_unavailable", pointer="/programme_id") from None
