"""The question to the guard: made of our own records, and the same for the same request."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.assignment import Wish, pose
from services.referrals.domain.directory import known_time_zone
from services.referrals.domain.errors import InvalidField, NotFound, ReferralsError, WorkerRequired
from shared.contracts.codes import CredentialState, PracticeRole, SupervisionState
from shared.contracts.scope import DecideRequest
from tests.services.referrals.samples import (
    NOW,
    NURSE,
    TENANT,
    a_credential,
    a_programme,
    a_wish,
    a_worker,
    some_parties,
)


def posed(
    wish: Wish | None = None, *, repeats: str = "once", tenant_id: UUID = TENANT, **parties: object
) -> DecideRequest:
    """The question for a wish."""
    return pose(wish or a_wish(), parties=some_parties(**parties), tenant_id=tenant_id, repeats=repeats, now=NOW)


def test_the_same_request_is_the_same_question() -> None:
    assert posed() == posed()


def test_anything_else_is_another_question() -> None:
    others = [
        posed(repeats="twice"),
        posed(tenant_id=uuid4()),
        posed(a_wish(title="Something else")),
        posed(a_wish(details="more")),
        posed(a_wish(attested_conditions=("person_owns_plan",))),
        posed(assignee=a_worker(role=PracticeRole.SPONSOR)),
        posed(credentials=(a_credential(),)),
    ]
    ids = {question.request_id for question in [posed(), *others]}
    assert len(ids) == len(others) + 1


def test_the_words_are_title_and_details() -> None:
    assert posed().text == "Walk along"
    assert posed(a_wish(details="to the office")).text == "Walk along\nto the office"


def test_the_role_comes_from_the_worker_and_nowhere_else() -> None:
    question = posed(assignee=a_worker(role=PracticeRole.CASE_MANAGER))
    assert question.facts.practice_role is PracticeRole.CASE_MANAGER
    assert (question.assigner_role, question.assigner_worker_id) == (PracticeRole.NURSE, NURSE)
    assert question.facts.team_roles == (PracticeRole.NURSE, PracticeRole.PEER_SUPPORT_SPECIALIST)


def test_the_day_is_the_programmes_own() -> None:
    """At three in the morning UTC it is still the day before in New York, where the credential is valid one day more."""
    ending = a_credential(expires_on=date(2026, 11, 21), endorsement="mental_health_peer")
    assert posed(credentials=(ending,)).facts.credential_state is CredentialState.ACTIVE
    assert posed(credentials=(ending,)).facts.credential_endorsement == "mental_health_peer"
    in_utc = posed(credentials=(ending,), programme=a_programme(time_zone="UTC"))
    assert in_utc.facts.credential_state is CredentialState.EXPIRED


def test_supervision_is_judged_by_its_cadence() -> None:
    supervised = a_worker(last_supervised_on=date(2026, 11, 14), supervision_cadence_days=7)
    assert posed(assignee=supervised).facts.supervision_state is SupervisionState.CURRENT


def test_conditions_come_from_the_programme_and_the_assigner() -> None:
    question = posed(
        a_wish(attested_conditions=("b_attested", "a_flag")), programme=a_programme(policy_flags=("z_flag", "a_flag"))
    )
    assert question.facts.conditions_met == ("a_flag", "b_attested", "z_flag")


@pytest.mark.parametrize(
    ("parties", "error", "pointer"),
    [
        ({"assigner": None}, WorkerRequired, None),
        ({"assigner": a_worker(NURSE, active=False)}, WorkerRequired, None),
        ({"programme": None}, NotFound, "/programme_id"),
        ({"assignee": None}, NotFound, "/assignee_worker_id"),
        ({"person_known": False}, NotFound, "/person_id"),
        ({"team_known": False}, NotFound, "/team_id"),
        ({"programme": a_programme(active=False)}, InvalidField, "/programme_id"),
        ({"assignee": a_worker(active=False)}, InvalidField, "/assignee_worker_id"),
    ],
)
def test_what_is_missing_is_named(parties: dict[str, object], error: type[ReferralsError], pointer: str | None) -> None:
    with pytest.raises(error) as refused:
        posed(a_wish(person_id=uuid4(), team_id=uuid4()), **parties)
    assert refused.value.pointer == pointer


def test_a_person_or_team_that_is_not_named_need_not_be_known() -> None:
    assert posed(person_known=False, team_known=False) == posed()


def test_time_zones_are_iana_names() -> None:
    assert known_time_zone("Europe/Berlin") == "Europe/Berlin"
    for wrong in ("Mars/Base", "", "../etc/passwd", "America"):
        with pytest.raises(InvalidField):
            known_time_zone(wrong)
