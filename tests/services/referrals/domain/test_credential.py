"""Credentials and supervision as they stand on a day: each edge beside its neighbour."""

from datetime import date
from uuid import UUID

import pytest

from services.referrals.domain.credential import Credential, CredentialStage, standing, supervision_state
from shared.contracts.codes import CredentialState, SupervisionState
from tests.services.referrals.samples import a_credential

DAY = date(2026, 6, 15)
BEFORE, AFTER = date(2026, 6, 14), date(2026, 6, 16)


@pytest.mark.parametrize(
    ("credential", "state"),
    [
        (a_credential(issued_on=DAY), CredentialState.ACTIVE),
        (a_credential(issued_on=AFTER), CredentialState.NONE),
        (a_credential(expires_on=DAY), CredentialState.ACTIVE),
        (a_credential(expires_on=BEFORE), CredentialState.EXPIRED),
        (a_credential(suspended_on=DAY), CredentialState.SUSPENDED),
        (a_credential(suspended_on=AFTER), CredentialState.ACTIVE),
        (a_credential(suspended_on=BEFORE, expires_on=BEFORE), CredentialState.SUSPENDED),
        (a_credential(stage=CredentialStage.INITIAL), CredentialState.INITIAL),
        (a_credential(stage=CredentialStage.INITIAL, expires_on=BEFORE), CredentialState.EXPIRED),
    ],
)
def test_the_state_on_a_day(credential: Credential, state: CredentialState) -> None:
    assert credential.state_on(DAY) is state


def test_the_best_credential_speaks() -> None:
    expired = a_credential(expires_on=BEFORE, endorsement="old")
    initial = a_credential(stage=CredentialStage.INITIAL, endorsement="new")
    active = a_credential(endorsement="full")
    assert standing([expired, initial], on=DAY, jurisdiction="US-VA").state is CredentialState.INITIAL
    best = standing([expired, active, initial], on=DAY, jurisdiction="US-VA")
    assert (best.state, best.endorsement) == (CredentialState.ACTIVE, "full")


def test_of_two_alike_the_newer_speaks() -> None:
    older = a_credential(endorsement="older")
    newer = a_credential(endorsement="newer", issued_on=date(2025, 6, 1), id=UUID(int=1))
    for order in ([older, newer], [newer, older]):
        assert standing(order, on=DAY, jurisdiction="US-VA").endorsement == "newer"


def test_a_credential_counts_where_it_was_issued() -> None:
    assert standing([a_credential()], on=DAY, jurisdiction="US-TX").state is CredentialState.NONE
    assert standing([], on=DAY, jurisdiction="US-VA").state is CredentialState.NONE


@pytest.mark.parametrize(
    ("last", "cadence", "state"),
    [
        (None, None, SupervisionState.UNKNOWN),
        (DAY, None, SupervisionState.UNKNOWN),
        (None, 7, SupervisionState.NONE),
        (date(2026, 6, 8), 7, SupervisionState.CURRENT),
        (date(2026, 6, 7), 7, SupervisionState.OVERDUE),
    ],
)
def test_supervision(last: date | None, cadence: int | None, state: SupervisionState) -> None:
    assert supervision_state(last_supervised_on=last, cadence_days=cadence, on=DAY) is state
