"""Two who know each other from elsewhere: what waits is handed on like any absence, what is held stays until they step back."""

from dataclasses import replace

import pytest

from services.referrals.domain.handoff_facts import FactKind, Moment
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.known_elsewhere import let_go_of_handoff, let_go_of_referral
from services.referrals.domain.referral_parties import crosses_organizations
from services.referrals.domain.referral_states import WORKING, ReferralStatus
from services.referrals.domain.referral_words import ReferralKind
from services.referrals.domain.rehoming import Unable
from tests.services.referrals.domain.handoff_stories import PEERS, candidate, in_state
from tests.services.referrals.domain.referral_stories import NOW, in_status, requested

AT = Moment(occurred_at=NOW, recorded_at=NOW)


@pytest.mark.parametrize("state", [HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.CONTACTED])
@pytest.mark.parametrize("step_back", [False, True])
def test_a_handoff(state: HandoffState, step_back: bool) -> None:
    journey = in_state(state)
    worker = journey.handoff.worker_id
    assert worker is not None
    before = len(journey.facts)
    others = [candidate(one) for one in PEERS if one != worker]
    went = let_go_of_handoff(journey, worker_id=worker, step_back=step_back, candidates=others, at=AT)
    assert went is (step_back or state is HandoffState.OFFERED)
    if not went:
        assert (journey.handoff.worker_id, len(journey.facts)) == (worker, before)
        return
    assert journey.handoff.state is HandoffState.OFFERED
    assert journey.handoff.worker_id not in (worker, None), "never nobody"
    told = [fact.code for fact in journey.facts[before:] if fact.kind is FactKind.REHOMED]
    assert told == [Unable.AWAY.value], "reads as an absence"


@pytest.mark.parametrize("status", [ReferralStatus.REQUESTED, *WORKING])
@pytest.mark.parametrize("step_back", [False, True])
def test_a_referral(status: ReferralStatus, step_back: bool) -> None:
    referral = in_status(status)
    gone = let_go_of_referral(referral, step_back=step_back, by=None, at=AT)
    if status is not ReferralStatus.REQUESTED and not step_back:
        assert gone is None
        return
    assert gone is not None
    after, step = gone
    assert after.version == referral.version + 1
    assert after.has_ended
    assert step.reason == "cant_right_now", "a plain no, whatever the reason"


def test_what_goes_between_organisations_is_known_by_its_parties() -> None:
    across = requested()
    assert across.recipient is not None
    assert (across.deidentified, crosses_organizations(across)) == (True, True)
    at_home = replace(across.recipient, organization_id=across.requester.organization_id)
    within = replace(across, recipient=at_home, clinical_backup=None)
    assert not crosses_organizations(within)
    assert crosses_organizations(replace(within, clinical_backup=across.recipient)), "also whoever stands behind it"
    assert not crosses_organizations(replace(across, kind=ReferralKind.CRISIS_BRIDGE)), "an emergency is told"
