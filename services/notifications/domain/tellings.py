"""What should be told to whom, derived from the set of facts alone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact, StoryKind
from services.notifications.domain.overdue_tellings import tellings_of_overdue_steps
from services.notifications.domain.referral_tellings import tellings_of_referral
from services.notifications.domain.task_tellings import tellings_of_task
from services.notifications.domain.telling import CALLED_BACK_LADDER, Ending, Telling, TellingKey
from shared.contracts.codes import OfferKind, SubjectKind
from shared.contracts.events import EventType

_HANDOFF_ENDINGS = {
    EventType.HANDOFF_OFFERED: EndReason.NEWER_OFFER,
    EventType.HANDOFF_ACCEPTED: EndReason.ACCEPTED,
    EventType.HANDOFF_DECLINED: EndReason.DECLINED,
    EventType.HANDOFF_WITHDRAWN: EndReason.WITHDRAWN,
    EventType.HANDOFF_FIRST_CONTACT: EndReason.FIRST_CONTACT,
    EventType.HANDOFF_CLOSED: EndReason.CLOSED,
}

_NOBODY_TO_WALK_WITH = frozenset({"person_died", "readmitted"})
_SENDERS_OWN_STEP = frozenset({"person_declined", "referred_elsewhere", "no_longer_needed", "entered_in_error"})


def tellings(kind: StoryKind, *, facts: Iterable[Fact]) -> list[Telling]:
    """Every telling a story calls for, those that are over included. The order of `facts` does not matter."""
    in_order = sorted({fact.key: fact for fact in facts}.values(), key=lambda fact: (fact.version, fact.key))
    return _OF_KIND[kind](in_order)


def retraction(facts: Iterable[Fact]) -> Fact | None:
    """The fact that a transition was called back, if it was: the first one."""
    found = [fact for fact in facts if fact.type is EventType.TRANSITION_RETRACTED]
    return min(found, key=lambda fact: fact.version, default=None)


def gentle_ending(facts: Iterable[Fact]) -> Fact | None:
    """The fact that a handoff ended because nobody needs to walk with the person now, and why is nobody's news to bring."""
    found = (fact for fact in facts if fact.type is EventType.HANDOFF_WITHDRAWN and fact.reason in _NOBODY_TO_WALK_WITH)
    return min(found, key=lambda fact: fact.version, default=None)


def plain_withdrawal(facts: Iterable[Fact]) -> Fact | None:
    """The fact that the sending side took a handoff back while the discharge stands."""
    found = (fact for fact in facts if fact.type is EventType.HANDOFF_WITHDRAWN and fact.reason in _SENDERS_OWN_STEP)
    return min(found, key=lambda fact: fact.version, default=None)


def quiet_change(facts: Iterable[Fact]) -> Fact | None:
    """The fact that a handoff was withdrawn because its person took back what they had agreed to."""
    found = (fact for fact in facts if fact.type is EventType.HANDOFF_WITHDRAWN and fact.reason == "consent_revoked")
    return min(found, key=lambda fact: fact.version, default=None)


def changed(worker_id: UUID, *, withdrawn: Fact) -> Telling:
    """The notice that one of their handoffs has changed: why is nowhere in it."""
    return Telling(
        key=TellingKey(SubjectKind.HANDOFF, withdrawn.subject_id, worker_id, 0, ItemKind.HANDOFF_CHANGED),
        ladder=CALLED_BACK_LADDER,
        starts_at=withdrawn.recorded_at,
        subject_version=withdrawn.version,
    )


def ended(worker_id: UUID, *, withdrawn: Fact) -> Telling:
    """The notice, without a reason, that a handoff has ended."""
    return Telling(
        key=TellingKey(SubjectKind.HANDOFF, withdrawn.subject_id, worker_id, 0, ItemKind.HANDOFF_ENDED),
        ladder=CALLED_BACK_LADDER,
        starts_at=withdrawn.recorded_at,
        subject_version=withdrawn.version,
    )


def called_back(handoff_id: UUID, *, worker_id: UUID, retracted: Fact) -> Telling:
    """The compensating notice for one worker who had been told of a handoff."""
    return Telling(
        key=TellingKey(SubjectKind.HANDOFF, handoff_id, worker_id, 0, ItemKind.HANDOFF_CALLED_BACK),
        ladder=CALLED_BACK_LADDER,
        starts_at=retracted.recorded_at,
        subject_version=retracted.version,
    )


def _of_transition(facts: Sequence[Fact]) -> list[Telling]:
    return _offers(facts) + tellings_of_overdue_steps(facts, retracted=retraction(facts))


def _offers(facts: Sequence[Fact]) -> list[Telling]:
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
        and fact.type in _HANDOFF_ENDINGS
        and fact.version > offer.version
    )


_OF_KIND = {
    StoryKind.TRANSITION: _of_transition,
    StoryKind.TASK: tellings_of_task,
    StoryKind.REFERRAL: tellings_of_referral,
}
