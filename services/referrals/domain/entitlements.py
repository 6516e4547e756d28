"""May this worker still be told about this subject? Asked before every send, so that nobody is told for old times' sake."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.referrals.domain.handoff_states import ENDED, HandoffState
from services.referrals.domain.transition_states import TransitionStatus
from shared.contracts.codes import OfferKind
from shared.contracts.entitlements import EntitlementReason


@dataclass(frozen=True, kw_only=True, slots=True)
class Entitlement:
    """The answer and its reason; the reason is shown to operators where something was not sent."""

    entitled: bool
    reason: EntitlementReason


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitionParties:
    """Who has to do with a transition."""

    status: TransitionStatus
    origin_worker_id: UUID
    owner_worker_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffParties:
    """Who has to do with a handoff; `asked_before` were offered it earlier and are not any more.

    `told_overdue` holds each clock that is overdue now, with those to whom the missed step was brought.
    """

    state: HandoffState
    transition: TransitionParties
    offered_to: UUID | None
    offer_kind: OfferKind | None
    accepted_by: UUID | None
    asked_before: frozenset[UUID]
    told_overdue: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    consent_fell_away: bool = False
    """For whoever it lies with now: the person's consent to tell their organisation is over, and there is no other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OverdueStep:
    """The question is about a step that was not done in time: about this clock, or, where none is named, about any."""

    clock_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskParties:
    """Who has to do with a task."""

    is_open: bool
    assignee_worker_id: UUID
    assigner_worker_id: UUID
    consent_fell_away: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralParties:
    """Who has to do with a referral. Both may be told how it ended, also after it has."""

    requester_worker_id: UUID | None
    recipient_worker_id: UUID | None
    consent_fell_away: bool = False


Subject = HandoffParties | TransitionParties | TaskParties | ReferralParties


def _yes(reason: EntitlementReason) -> Entitlement:
    return Entitlement(entitled=True, reason=reason)


def _no(reason: EntitlementReason) -> Entitlement:
    return Entitlement(entitled=False, reason=reason)


def entitlement(
    worker_id: UUID, *, worker_active: bool, subject: Subject | None, overdue: OverdueStep | None = None
) -> Entitlement:
    """The answer to one question. What is unknown entitles nobody."""
    if subject is None:
        return _no(EntitlementReason.UNKNOWN_SUBJECT)
    if not worker_active:
        return _no(EntitlementReason.WORKER_LEFT)
    match subject:
        case HandoffParties() if overdue is not None:
            return _of_overdue(worker_id, subject, step=overdue)
        case HandoffParties():
            return _of_handoff(worker_id, subject)
        case TransitionParties():
            return _of_transition(worker_id, subject)
        case TaskParties():
            return _of_task(worker_id, subject)
        case ReferralParties():
            return _of_referral(worker_id, subject)


def _of_handoff(worker_id: UUID, handoff: HandoffParties) -> Entitlement:
    party = worker_id in {
        handoff.offered_to,
        handoff.accepted_by,
        handoff.transition.origin_worker_id,
        handoff.transition.owner_worker_id,
    }
    if handoff.state in ENDED and (party or worker_id in handoff.asked_before):
        return _no(EntitlementReason.SUBJECT_CLOSED)
    if handoff.consent_fell_away and worker_id in {handoff.offered_to, handoff.accepted_by}:
        return _no(EntitlementReason.CONSENT_MISSING)
    if worker_id == handoff.offered_to:
        escalated = handoff.offer_kind is OfferKind.SUPERVISOR_ESCALATION
        return _yes(EntitlementReason.ESCALATED_TO if escalated else EntitlementReason.OFFERED)
    if worker_id == handoff.accepted_by:
        return _yes(EntitlementReason.OWNER)
    if worker_id == handoff.transition.owner_worker_id:
        return _yes(EntitlementReason.OWNER)
    if worker_id == handoff.transition.origin_worker_id:
        return _yes(EntitlementReason.ASSIGNER)
    if worker_id in handoff.asked_before:
        return _no(EntitlementReason.NO_LONGER_OFFERED)
    return _no(EntitlementReason.NOT_A_PARTY)


def _of_overdue(worker_id: UUID, handoff: HandoffParties, *, step: OverdueStep) -> Entitlement:
    """`milestone.met` and `milestone.lifted` may still be on their way, so whoever is about to tell asks here first."""
    if handoff.state in ENDED:
        return _no(EntitlementReason.SUBJECT_CLOSED)
    owed = [told for clock, told in handoff.told_overdue.items() if step.clock_id in (None, clock)]
    if not owed:
        return _no(EntitlementReason.NO_LONGER_OVERDUE)
    told = any(worker_id in workers for workers in owed)
    return _yes(EntitlementReason.ESCALATED_TO) if told else _no(EntitlementReason.NOT_A_PARTY)


_GONE = frozenset({TransitionStatus.RETRACTED, TransitionStatus.CANCELLED})


def _of_transition(worker_id: UUID, transition: TransitionParties) -> Entitlement:
    if worker_id not in {transition.owner_worker_id, transition.origin_worker_id}:
        return _no(EntitlementReason.NOT_A_PARTY)
    if transition.status in _GONE:
        return _no(EntitlementReason.SUBJECT_CLOSED)
    owns = worker_id == transition.owner_worker_id
    return _yes(EntitlementReason.OWNER if owns else EntitlementReason.ASSIGNER)


def _of_task(worker_id: UUID, task: TaskParties) -> Entitlement:
    if worker_id == task.assigner_worker_id:
        # the one who asked is told how it ended, also after it has (contracts, "What a verdict does")
        return _yes(EntitlementReason.ASSIGNER)
    if worker_id != task.assignee_worker_id:
        return _no(EntitlementReason.NOT_A_PARTY)
    if task.is_open and task.consent_fell_away:
        return _no(EntitlementReason.CONSENT_MISSING)
    return _yes(EntitlementReason.ASSIGNED) if task.is_open else _no(EntitlementReason.SUBJECT_CLOSED)


def _of_referral(worker_id: UUID, referral: ReferralParties) -> Entitlement:
    if worker_id == referral.requester_worker_id:
        return _yes(EntitlementReason.ASSIGNER)
    asked = worker_id == referral.recipient_worker_id
    if asked and referral.consent_fell_away:
        return _no(EntitlementReason.CONSENT_MISSING)
    return _yes(EntitlementReason.ASSIGNED) if asked else _no(EntitlementReason.NOT_A_PARTY)
