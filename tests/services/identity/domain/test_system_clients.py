from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.errors import AudienceRefused, ClientRefused
from services.identity.domain.system_clients import MAY_ASK_FOR, check_assertion, check_audience
from shared.contracts.codes import Service
from shared.contracts.events import CONSUMERS
from tests.services.identity.fakes import NOON

ENDPOINT = "http://identity.test/token"
NOW = int(NOON.timestamp())
GOOD: dict[str, Any] = {"iss": "referrals", "sub": "referrals", "aud": ENDPOINT, "exp": NOW + 120, "jti": "one"}
ABSENT = object()

WRONG = [
    ("sub", "clinic", "unknown_client"),
    ("sub", 7, "unknown_client"),
    ("sub", ABSENT, "unknown_client"),
    ("iss", "scope_guard", "unknown_client"),
    ("aud", "http://identity.test", "assertion_audience"),
    ("aud", [ENDPOINT, "http://elsewhere.test"], "assertion_audience"),
    ("aud", ABSENT, "assertion_audience"),
    ("exp", NOW - 31, "assertion_expired"),
    ("exp", ABSENT, "assertion_expired"),
    ("exp", True, "assertion_expired"),
    ("exp", "soon", "assertion_expired"),
    ("exp", float("nan"), "assertion_expired"),
    ("exp", 10**400, "assertion_expired"),
    ("exp", NOW + 331, "assertion_too_long"),
    ("iat", NOW + 60, "assertion_not_yet_valid"),
    ("nbf", NOW + 60, "assertion_not_yet_valid"),
    ("nbf", "later", "assertion_not_yet_valid"),
    ("jti", ABSENT, "assertion_without_id"),
    ("jti", "", "assertion_without_id"),
    ("jti", "x" * 129, "assertion_without_id"),
]


def test_a_proper_assertion_is_remembered_until_it_expires() -> None:
    spent = check_assertion(GOOD, token_endpoint=ENDPOINT, at=NOON)
    assert spent.service is Service.REFERRALS
    assert spent.expires_at >= NOON + timedelta(seconds=120)
    assert check_assertion(GOOD | {"aud": [ENDPOINT], "iat": NOW}, token_endpoint=ENDPOINT, at=NOON) == spent


@pytest.mark.parametrize(("claim", "value", "reason"), WRONG)
def test_each_claim_has_to_be_right(claim: str, value: object, reason: str) -> None:
    claims = {name: kept for name, kept in (GOOD | {claim: value}).items() if kept is not ABSENT}
    with pytest.raises(ClientRefused) as refused:
        check_assertion(claims, token_endpoint=ENDPOINT, at=NOON)
    assert refused.value.reason == reason


def test_an_assertion_can_be_used_until_the_moment_it_is_forgotten() -> None:
    spent = check_assertion(GOOD, token_endpoint=ENDPOINT, at=NOON)
    check_assertion(GOOD, token_endpoint=ENDPOINT, at=spent.expires_at - timedelta(microseconds=1))
    with pytest.raises(ClientRefused):
        check_assertion(GOOD, token_endpoint=ENDPOINT, at=spent.expires_at)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*GOOD, "iat", "nbf"], _JSON)))
def test_nonsense_is_refused_and_never_an_error_of_ours(nonsense: dict[str, Any]) -> None:
    for claims in (nonsense, GOOD | nonsense):
        try:
            check_assertion(claims, token_endpoint=ENDPOINT, at=NOON)
        except ClientRefused:
            continue


@pytest.mark.parametrize("client", list(Service))
@pytest.mark.parametrize("audience", list(Service))
def test_who_may_speak_to_whom_is_a_closed_table(client: Service, audience: Service) -> None:
    if audience in MAY_ASK_FOR.get(client, ()):
        check_audience(client, audience)
    else:
        with pytest.raises(AudienceRefused):
            check_audience(client, audience)


def test_every_relay_of_events_may_reach_its_consumer_and_nobody_reaches_identity() -> None:
    producers = {"ladder": Service.NOTIFICATIONS, "delivery": Service.NOTIFICATIONS, "boundary": Service.SCOPE_GUARD}
    for event, consumers in CONSUMERS.items():
        producer = producers.get(event.value.partition(".")[0], Service.REFERRALS)
        for consumer in set(consumers) - {producer}:
            check_audience(producer, consumer)
    assert all(Service.IDENTITY not in audiences for audiences in MAY_ASK_FOR.values())
    assert Service.CONSOLE not in MAY_ASK_FOR
