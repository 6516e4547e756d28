"""The table of elements cell by cell, where a consent stands, whom it speaks of, and what a revocation does in every state."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.consent import Consent, ConsentTerms, Revocation
from services.referrals.domain.consent_elements import ELEMENTS, ConsentIncomplete, check_terms
from services.referrals.domain.consent_ripple import falls_away, speaks_of, stop_handoff, stop_referral
from services.referrals.domain.consent_words import (
    ConsentStatus,
    DiscloserClass,
    ExpiryEvent,
    Information,
    Purpose,
    RecipientClass,
    RevocationMethod,
    SignatureMethod,
    SignedBy,
)
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.redisclosure import STATEMENT, Basis, notice_of
from services.referrals.domain.referral_states import WORKING, ReferralStatus
from services.referrals.domain.referral_words import ReferralReason
from shared.contracts.codes import ReportedBy
from tests.services.referrals.domain import handoff_stories, referral_stories
from tests.services.referrals.domain.referral_stories import NOW, at

CLINIC, HOUSE, OTHER_HOUSE = uuid4(), uuid4(), uuid4()
WHOLE = ConsentTerms(
    organization_id=CLINIC,
    information=(Information.IDENTITY,),
    information_text="My name",
    recipient_organization_ids=(HOUSE,),
    purposes=(Purpose.CARE_COORDINATION,),
    right_to_revoke_acknowledged=True,
    revocation_how="Tell us",
    expires_at=NOW + timedelta(days=30),
    signature_method=SignatureMethod.PAPER,
    signed_by=SignedBy.PERSON,
    signed_at=NOW - timedelta(days=1),
)
FOR_TPO = replace(
    WHOLE,
    purposes=(Purpose.TREATMENT_PAYMENT_OPERATIONS,),
    expires_at=None,
    expiry_event=ExpiryEvent.NONE,
    redisclosure_stated=True,
    refusal_consequence_stated=True,
)
WITHOUT: dict[str, ConsentTerms] = {
    "discloser_missing": replace(WHOLE, organization_id=None),
    "information_missing": replace(WHOLE, information=()),
    "description_missing": replace(WHOLE, information_text=""),
    "recipient_missing": replace(WHOLE, recipient_organization_ids=()),
    "intermediary_incomplete": replace(WHOLE, intermediary_organization_id=OTHER_HOUSE),
    "purpose_missing": replace(WHOLE, purposes=()),
    "right_to_revoke_missing": replace(WHOLE, right_to_revoke_acknowledged=False),
    "how_to_revoke_missing": replace(WHOLE, revocation_how=""),
    "expiry_missing": replace(WHOLE, expires_at=None),
    "signature_missing": replace(WHOLE, signature_method=None),
    "representative_missing": replace(WHOLE, signed_by=SignedBy.REPRESENTATIVE, representative_name="Sam Example"),
    "date_missing": replace(WHOLE, signed_at=None),
    "redisclosure_statement_missing": replace(FOR_TPO, redisclosure_stated=False),
    "refusal_statement_missing": replace(FOR_TPO, refusal_consequence_stated=False),
}
REVOKED = Revocation(
    method=RevocationMethod.SPOKEN, reported_by=ReportedBy.PERSON, occurred_at=NOW, recorded_at=NOW + timedelta(hours=1)
)


def consent(terms: ConsentTerms = WHOLE, **changes: Any) -> Consent:
    """A consent on file."""
    fields: dict[str, Any] = {"tenant_id": UUID(int=1), "id": uuid4(), "version": 1, "recorded_at": NOW}
    fields |= {"person_id": uuid4(), "terms": terms, "reported_by": ReportedBy.PERSON}
    return Consent(**(fields | changes))


@pytest.mark.parametrize(
    "terms",
    [WHOLE, FOR_TPO, replace(WHOLE, organization_id=None, discloser_class=DiscloserClass.NETWORK_ORGANIZATIONS)],
)
def test_what_is_whole_is_a_consent(terms: ConsentTerms) -> None:
    check_terms(terms, latest_signature=NOW)


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.code)
def test_each_element_is_asked_for_by_its_name(element: Any) -> None:
    with pytest.raises(ConsentIncomplete) as found:
        check_terms(WITHOUT[element.code], latest_signature=NOW)
    assert [(one.code, one.pointer) for one in found.value.missing] == [(element.code, element.pointer)]


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ConsentIncomplete) as found:
        check_terms(ConsentTerms(), latest_signature=NOW)
    always = set(WITHOUT) - {
        "intermediary_incomplete",
        "representative_missing",
        "redisclosure_statement_missing",
        "refusal_statement_missing",
    }
    assert {one.code for one in found.value.missing} == always


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(WHOLE, expiry_event=ExpiryEvent.END_OF_REFERRAL), "two_endings"),
        (replace(WHOLE, expires_at=None, expiry_event=ExpiryEvent.NONE), "only_for_tpo"),
        (replace(WHOLE, expires_at=None, expiry_event=ExpiryEvent.END_OF_TREATMENT), "only_for_tpo"),
        (replace(FOR_TPO, purposes=(*FOR_TPO.purposes, Purpose.PERSON_REQUEST)), "tpo_stands_alone"),
        (replace(WHOLE, expires_at=NOW - timedelta(days=2)), "ends_before_signed"),
        (replace(WHOLE, signed_at=NOW + timedelta(minutes=1)), "in_the_future"),
        (replace(WHOLE, representative_relation="sibling"), "not_a_representative"),
        (replace(WHOLE, recipient_organization_ids=(CLINIC,)), "tells_itself"),
    ],
)
def test_what_contradicts_itself_is_refused(terms: ConsentTerms, code: str) -> None:
    with pytest.raises(InvalidField) as found:
        check_terms(terms, latest_signature=NOW)
    assert found.value.code == code


def test_an_intermediary_comes_with_its_participants_or_with_treating_providers() -> None:
    through = replace(WHOLE, recipient_organization_ids=(), intermediary_organization_id=OTHER_HOUSE)
    check_terms(replace(through, participant_organization_ids=(HOUSE,)), latest_signature=NOW)
    check_terms(replace(through, recipient_class=RecipientClass.TREATING_PROVIDERS), latest_signature=NOW)
    with pytest.raises(ConsentIncomplete):
        check_terms(replace(WHOLE, participant_organization_ids=(HOUSE,)), latest_signature=NOW)


def test_where_it_stands() -> None:
    given = consent()
    assert WHOLE.expires_at is not None
    assert given.status(NOW) is ConsentStatus.ACTIVE
    assert given.status(WHOLE.expires_at) is ConsentStatus.EXPIRED
    assert replace(given, revocation=REVOKED).status(NOW) is ConsentStatus.REVOKED
    assert consent(FOR_TPO).status(NOW + timedelta(days=9999)) is ConsentStatus.ACTIVE


def test_whom_it_speaks_of() -> None:
    anybody = replace(WHOLE, recipient_organization_ids=(), recipient_class=RecipientClass.PEER_SERVICES)
    assert speaks_of(WHOLE, sender=CLINIC, receiver=HOUSE)
    assert not speaks_of(WHOLE, sender=HOUSE, receiver=CLINIC)
    assert not speaks_of(WHOLE, sender=CLINIC, receiver=OTHER_HOUSE)
    assert speaks_of(anybody, sender=CLINIC, receiver=OTHER_HOUSE)
    assert not speaks_of(anybody, sender=CLINIC, receiver=CLINIC)


def test_it_falls_away_with_the_last_that_speaks_of_both() -> None:
    revoked = replace(consent(), revocation=REVOKED)
    standing, over = consent(), consent(replace(WHOLE, expires_at=NOW))
    ways: dict[str, Any] = {"sender": CLINIC, "receiver": HOUSE, "at": at()}
    assert falls_away(revoked, others=[revoked, over], **ways)
    assert not falls_away(revoked, others=[revoked, standing], **ways)
    assert not falls_away(revoked, others=[], **(ways | {"receiver": OTHER_HOUSE}))


@pytest.mark.parametrize("status", ReferralStatus)
def test_a_revocation_stops_a_referral_from_where_it_stands(status: ReferralStatus) -> None:
    referral = referral_stories.in_status(status)
    stopped = stop_referral(referral, REVOKED)
    if status is ReferralStatus.REQUESTED:
        expected = ReferralStatus.CANCELLED
    elif status in WORKING:
        expected = ReferralStatus.ON_HOLD
    else:
        assert stopped is None
        return
    assert stopped is not None
    after, step = stopped
    assert (after.status, after.status_reason, after.deidentified) == (expected, ReferralReason.CONSENT_REVOKED, True)
    assert (step.command, step.reported_by, step.occurred_at) == (
        "consent-revoked",
        ReportedBy.PERSON,
        REVOKED.recorded_at,
    )
    assert after.recipient == referral.recipient


@pytest.mark.parametrize("state", HandoffState)
def test_a_revocation_ends_a_handoff_with_custody_at_the_sender(state: HandoffState) -> None:
    journey = handoff_stories.in_state(state)
    later = replace(REVOKED, recorded_at=handoff_stories.NOW + timedelta(hours=1))
    lies_with_somebody = state in (
        HandoffState.OFFERED,
        HandoffState.ACCEPTED,
        HandoffState.INTRODUCED,
        HandoffState.CONTACTED,
    )
    assert stop_handoff(journey, later) is lies_with_somebody
    if lies_with_somebody:
        assert journey.handoff.state is HandoffState.WITHDRAWN
        assert journey.transition.owner_worker_id == handoff_stories.NURSE
        assert any(fact.code == "consent_revoked" for fact in journey.facts)
        assert not stop_handoff(journey, later), "once is enough"


def test_the_notice_says_what_it_covers() -> None:
    basis = Basis(
        consent_id=uuid4(),
        person_id=uuid4(),
        from_organization_id=CLINIC,
        to_organization_id=HOUSE,
        information=(Information.IDENTITY, Information.CONTACT),
        purposes=(Purpose.PERSON_REQUEST,),
        expires_at=NOW,
        ended_by_referral=False,
    )
    notice = notice_of(basis)
    assert notice.statement == STATEMENT == "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    assert "who the person is and how they want to be reached, for what the person has asked for, until 2026-03-02" in (
        notice.scope
    )
    assert "until the referral ends" in notice_of(replace(basis, expires_at=None, ended_by_referral=True)).scope
