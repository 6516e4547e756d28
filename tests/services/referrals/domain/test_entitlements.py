"""Who may still be told about what: the whole matrix."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.entitlements import (
    HandoffParties,
    OverdueStep,
    ReferralParties,
    Subject,
    TaskParties,
    TransitionParties,
    entitlement,
)
from services.referrals.domain.handoff_states import ENDED, HandoffState
from services.referrals.domain.transition_states import TransitionStatus
from shared.contracts.codes import OfferKind
from shared.contracts.entitlements import EntitlementReason as Reason

SENDER, ASKED, BEFORE, ACCEPTOR, STRANGER = (uuid4() for _ in range(5))
TRANSITION = TransitionParties(status=TransitionStatus.DISCHARGED, origin_worker_id=SENDER, owner_worker_id=SENDER)
OFFERED = HandoffParties(
    state=HandoffState.OFFERED,
    transition=TRANSITION,
    offered_to=ASKED,
    offer_kind=OfferKind.PEER_OFFER,
    accepted_by=None,
    asked_before=frozenset({BEFORE}),
)
ACCEPTED = replace(OFFERED, state=HandoffState.ACCEPTED, offered_to=None, offer_kind=None, accepted_by=ACCEPTOR)
CONTACTED = replace(ACCEPTED, state=HandoffState.CONTACTED, transition=replace(TRANSITION, owner_worker_id=ACCEPTOR))
TASK = TaskParties(is_open=True, assignee_worker_id=ASKED, assigner_worker_id=SENDER)


@pytest.mark.parametrize(
    ("subject", "worker", "entitled", "reason"),
    [
        (OFFERED, ASKED, True, Reason.OFFERED),
        (replace(OFFERED, offer_kind=OfferKind.SUPERVISOR_ESCALATION), ASKED, True, Reason.ESCALATED_TO),
        (OFFERED, SENDER, True, Reason.OWNER),
        (OFFERED, BEFORE, False, Reason.NO_LONGER_OFFERED),
        (OFFERED, STRANGER, False, Reason.NOT_A_PARTY),
        (ACCEPTED, ACCEPTOR, True, Reason.OWNER),
        (ACCEPTED, SENDER, True, Reason.OWNER),
        (ACCEPTED, BEFORE, False, Reason.NO_LONGER_OFFERED),
        (CONTACTED, ACCEPTOR, True, Reason.OWNER),
        (CONTACTED, SENDER, True, Reason.ASSIGNER),
        (replace(OFFERED, consent_fell_away=True), ASKED, False, Reason.CONSENT_MISSING),
        (replace(ACCEPTED, consent_fell_away=True), ACCEPTOR, False, Reason.CONSENT_MISSING),
        (replace(ACCEPTED, consent_fell_away=True), SENDER, True, Reason.OWNER),
        (replace(TASK, consent_fell_away=True), ASKED, False, Reason.CONSENT_MISSING),
        (replace(TASK, consent_fell_away=True), SENDER, True, Reason.ASSIGNER),
        (TRANSITION, SENDER, True, Reason.OWNER),
        (TRANSITION, STRANGER, False, Reason.NOT_A_PARTY),
        (replace(TRANSITION, owner_worker_id=ACCEPTOR), ACCEPTOR, True, Reason.OWNER),
        (replace(TRANSITION, owner_worker_id=ACCEPTOR), SENDER, True, Reason.ASSIGNER),
        (replace(TRANSITION, status=TransitionStatus.RETRACTED), SENDER, False, Reason.SUBJECT_CLOSED),
        (replace(TRANSITION, status=TransitionStatus.CANCELLED), SENDER, False, Reason.SUBJECT_CLOSED),
        (TASK, ASKED, True, Reason.ASSIGNED),
        (TASK, SENDER, True, Reason.ASSIGNER),
        (TASK, STRANGER, False, Reason.NOT_A_PARTY),
        (replace(TASK, is_open=False), ASKED, False, Reason.SUBJECT_CLOSED),
        (replace(TASK, is_open=False), SENDER, True, Reason.ASSIGNER),
        (None, SENDER, False, Reason.UNKNOWN_SUBJECT),
    ],
)
def test_the_matrix(subject: Subject | None, worker: UUID, entitled: bool, reason: Reason) -> None:
    found = entitlement(worker, worker_active=True, subject=subject)
    assert (found.entitled, found.reason) == (entitled, reason)


CLOCK, OTHER_CLOCK = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("worker", "asked_about", "told_overdue", "state", "entitled", "reason"),
    [
        (ASKED, CLOCK, {CLOCK: {ASKED}}, HandoffState.ACCEPTED, True, Reason.ESCALATED_TO),
        (ASKED, CLOCK, {}, HandoffState.ACCEPTED, False, Reason.NO_LONGER_OVERDUE),
        (ASKED, CLOCK, {OTHER_CLOCK: {ASKED}}, HandoffState.ACCEPTED, False, Reason.NO_LONGER_OVERDUE),
        (ASKED, CLOCK, {CLOCK: {SENDER}, OTHER_CLOCK: {ASKED}}, HandoffState.ACCEPTED, False, Reason.NOT_A_PARTY),
        (ASKED, None, {CLOCK: {SENDER}, OTHER_CLOCK: {ASKED}}, HandoffState.ACCEPTED, True, Reason.ESCALATED_TO),
        (ASKED, None, {}, HandoffState.ACCEPTED, False, Reason.NO_LONGER_OVERDUE),
        (STRANGER, CLOCK, {CLOCK: {ASKED}}, HandoffState.ACCEPTED, False, Reason.NOT_A_PARTY),
        (ASKED, CLOCK, {CLOCK: {ASKED}}, HandoffState.WITHDRAWN, False, Reason.SUBJECT_CLOSED),
    ],
)
def test_overdue_is_told_to_whom_this_clock_was_brought_while_it_is_owed(
    worker: UUID,
    asked_about: UUID | None,
    told_overdue: dict[UUID, set[UUID]],
    state: HandoffState,
    entitled: bool,
    reason: Reason,
) -> None:
    owed = {clock: frozenset(workers) for clock, workers in told_overdue.items()}
    found = entitlement(
        worker,
        worker_active=True,
        subject=replace(ACCEPTED, state=state, told_overdue=owed),
        overdue=OverdueStep(clock_id=asked_about),
    )
    assert (found.entitled, found.reason) == (entitled, reason)


def test_both_sides_of_a_referral_may_be_told_and_nobody_else() -> None:
    referral = ReferralParties(requester_worker_id=SENDER, recipient_worker_id=ASKED)
    found = [entitlement(one, worker_active=True, subject=referral).entitled for one in (SENDER, ASKED, STRANGER)]
    assert found == [True, True, False]
    lost = entitlement(ASKED, worker_active=True, subject=replace(referral, consent_fell_away=True))
    assert (lost.entitled, lost.reason) == (False, Reason.CONSENT_MISSING)


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize("worker", [SENDER, BEFORE, ACCEPTOR])
def test_nobody_is_told_of_an_ended_handoff(state: HandoffState, worker: UUID) -> None:
    found = entitlement(worker, worker_active=True, subject=replace(CONTACTED, state=state))
    assert (found.entitled, found.reason) == (False, Reason.SUBJECT_CLOSED)


@pytest.mark.parametrize("subject", [OFFERED, ACCEPTED, TRANSITION, TASK])
def test_who_has_left_is_told_of_nothing(subject: Subject) -> None:
    for worker in (SENDER, ASKED, ACCEPTOR):
        found = entitlement(worker, worker_active=False, subject=subject)
        assert (found.entitled, found.reason) == (False, Reason.WORKER_LEFT)
