"""What should be told to whom, derived from the set of facts alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact, StoryKind
from shared.contracts.codes import OfferKind, SubjectKind
from shared.contracts.events import EventType

NOTICE_LADDER = "notice"
CALLED_BACK_LADDER = "called_back"


@dataclass(frozen=True, slots=True)
class TellingKey:
    """One inbox item at most exists for each. `occasion` is the offer number, or the version of a task's assignment."""

    subject_kind: SubjectKind
    subject_id: UUID
    worker_id: UUID
    occasion: int
    kind: ItemKind


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a telling is over, and the version of the fact that says so."""

    version: int
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Somebody should know something, by this ladder, until it is over."""

    key: TellingKey
    ladder: str
    starts_at: datetime
    subject_version: int
    respond_by: datetime | None = None
    ending: Ending | None = None


_HANDOFF_ENDINGS = {
    EventType.HANDOFF_OFFERED: EndReason.NEWER_OFFER,
    EventType.HANDOFF_ACCEPTED: EndReason.ACCEPTED,
    EventType.HANDOFF_DECLINED: EndReason.DECLINED,
    EventType.HANDOFF_WITHDRAWN: EndReason.WITHDRAWN,
    EventType.HANDOFF_FIRST_CONTACT: EndReason.FIRST_CONTACT,
    EventType.HANDOFF_CLOSED: EndReason.CLOSED,
}


def tellings(kind: StoryKind, *, facts: Iterable[Fact]) -> list[Telling]:
    """Every telling a story calls for, those that are over included. The order of `facts` does not matter."""
    in_order = sorted({fact.key: fact for fact in facts}.values(), key=lambda fact: (fact.version, fact.key))
    return _of_transition(in_order) if kind is StoryKind.TRANSITION else _of_task(in_order)


def retraction(facts: Iterable[Fact]) -> Fact | None:
    """The fact that a transition was called back, if it was: the first one."""
    found = [fact for fact in facts if fact.type is EventType.TRANSITION_RETRACTED]
    return min(found, key=lambda fact: fact.version, default=None)


def called_back(handoff_id: UUID, *, worker_id: UUID, retracted: Fact) -> Telling:
    """The compensating notice for one worker who had been told of a handoff."""
    return Telling(
        key=TellingKey(SubjectKind.HANDOFF, handoff_id, worker_id, 0, ItemKind.HANDOFF_CALLED_BACK),
        ladder=CALLED_BACK_LADDER,
        starts_at=retracted.recorded_at,
        subject_version=retracted.version,
    )


def _of_transition(facts: Sequence[Fact]) -> list[Telling]:
    # Only one offer of a handoff is ever open, so whatever the handoff did next has ended the offer before it.
    retracted = retraction(facts)
    found = []
    for offer in facts:
        if offer.type is not EventType.HANDOFF_OFFERED or offer.worker_id is None or offer.ladder is None:
            continue
        later = next((fact for fact in facts if _follows(fact, offer)), None)
        ending = None
        if later is not None:
            ending = Ending(later.version, _HANDOFF_ENDINGS[later.type])
        elif retracted is not None:
            ending = Ending(retracted.version, EndReason.CALLED_BACK)
        escalated = offer.offer_kind is OfferKind.SUPERVISOR_ESCALATION
        kind = ItemKind.HANDOFF_ESCALATED if escalated else ItemKind.HANDOFF_OFFERED
        found.append(
            Telling(
                key=TellingKey(SubjectKind.HANDOFF, offer.subject_id, offer.worker_id, offer.offer_number, kind),
                ladder=offer.ladder,
                starts_at=offer.recorded_at,
                subject_version=offer.version,
                respond_by=offer.respond_by,
                ending=ending,
            )
        )
    return found


def _follows(fact: Fact, offer: Fact) -> bool:
    return (
        fact.subject_kind is SubjectKind.HANDOFF
        and fact.subject_id == offer.subject_id
        and fact.version > offer.version
    )


def _of_task(facts: Sequence[Fact]) -> list[Telling]:
    found = []
    for fact in facts:
        if fact.worker_id is None or fact.type is EventType.TASK_CLOSED:
            continue
        if fact.type is EventType.TASK_ASSIGNED:
            found.append(_notice(fact, fact.worker_id, ItemKind.TASK_ASSIGNED, ending=_task_ending(facts, fact)))
        # Version 1 was answered while the assigner waited; only a later decision is news to him.
        if fact.version > 1 and fact.assigner_worker_id not in (None, fact.worker_id):
            assert fact.assigner_worker_id is not None
            if fact.type is EventType.TASK_ASSIGNED:
                ending = _task_ending(facts, fact)
                found.append(_notice(fact, fact.assigner_worker_id, ItemKind.TASK_APPROVED, ending=ending))
            else:
                found.append(_notice(fact, fact.assigner_worker_id, ItemKind.TASK_NOT_ASSIGNED, ending=None))
    return found


def _task_ending(facts: Sequence[Fact], assigned: Fact) -> Ending | None:
    for fact in facts:
        if fact.version <= assigned.version:
            continue
        reassigned = fact.type is EventType.TASK_ASSIGNED
        return Ending(fact.version, EndReason.TASK_REASSIGNED if reassigned else EndReason.TASK_CLOSED)
    return None


def _notice(fact: Fact, worker_id: UUID, kind: ItemKind, *, ending: Ending | None) -> Telling:
    return Telling(
        key=TellingKey(SubjectKind.TASK, fact.subject_id, worker_id, fact.version, kind),
        ladder=NOTICE_LADDER,
        starts_at=fact.recorded_at,
        subject_version=fact.version,
        ending=ending,
    )
