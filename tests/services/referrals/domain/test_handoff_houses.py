"""What a role is worth on either side of a handoff, and on none."""

from itertools import product
from uuid import uuid4

import pytest

from services.referrals.api.transition_schemas import TransitionReceipt
from services.referrals.domain import transition_commands as transition
from services.referrals.domain.errors import NotFound, NotYours
from services.referrals.domain.handoff_houses import Side, parties_by_role
from services.referrals.domain.handoff_moves import Party
from services.referrals.domain.transition_states import TransitionReason
from shared.contracts.codes import AccessRole
from tests.services.referrals.domain import handoff_stories as stories

S, P = Side, Party
HOUSES = (frozenset[Side](), frozenset({S.SENDS}), frozenset({S.RECEIVES}), frozenset(S))
AT_THE_SENDERS = {
    AccessRole.CLINICIAN: P.CLINICAL,
    AccessRole.CASE_MANAGER: P.CLINICAL,
    AccessRole.SUPERVISOR: P.SUPERVISOR,
}


@pytest.mark.parametrize(("role", "house"), list(product(AccessRole, HOUSES)))
def test_a_role_counts_in_its_own_house(role: AccessRole, house: frozenset[Side]) -> None:
    expected = set[Party]()
    if role in AT_THE_SENDERS:
        expected |= {AT_THE_SENDERS[role]} if S.SENDS in house else set()
        expected |= {P.RECEIVING} if S.RECEIVES in house else set()
    if role is AccessRole.ADMINISTRATOR:
        expected = {P.SUPERVISOR, P.RECEIVING}
    if role is AccessRole.SYSTEM:
        expected = {P.SYSTEM}
    assert parties_by_role(stories.actor(role, uuid4()), house=house) == expected


@pytest.mark.parametrize("role", [AccessRole.CLINICIAN, AccessRole.SUPERVISOR])
def test_whoever_is_asked_to_walk_on_takes_nothing_back(role: AccessRole) -> None:
    journey, by = stories.planned(), stories.actor(role, uuid4())
    for house, refusal in ((frozenset({S.RECEIVES}), NotYours), (frozenset[Side](), NotFound)):
        journey.house = house
        with pytest.raises(refusal):
            transition.cancel(journey, reason=TransitionReason.PLAN_CHANGED, by=by, at=stories.at(1))


def test_whoever_holds_it_in_the_place_of_another_house_is_not_told_by_a_receipt() -> None:
    """Custody of somebody whose sender left is with the programme's duty owner; who sent them stays, and so does who knows."""
    journey = stories.planned()
    for house, told in ((frozenset({S.RECEIVES}), False), (frozenset(S), True)):
        journey.house = house
        receipt = TransitionReceipt.of_journey(journey, by=stories.SENDER)
        assert (receipt.person_id is not None) is told
    by_the_network = TransitionReceipt.of_journey(journey, by=stories.actor(AccessRole.ADMINISTRATOR))
    assert by_the_network.person_id == journey.transition.person_id
