"""Where webhooks may go, when they are tried again, and when we stop."""

import ipaddress
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.notifications.domain.codes import DeliveryCode, DeliveryState
from services.notifications.domain.endpoints import (
    FORMER_SECRET_LASTS,
    PAUSES,
    PAUSES_AFTER,
    RESTS_AFTER,
    TELLABLE,
    Endpoint,
    EndpointState,
    PauseCode,
    after_call,
    after_calls,
    is_forbidden,
    usable_url,
)
from services.notifications.domain.errors import EndpointInvalid
from services.notifications.domain.outcomes import Delivered, Rejected, RetryAfter
from shared.contracts.events import EventType
from tests.services.notifications.journeys import NOON

FAILS = RetryAfter(DeliveryCode.NOT_TAKEN)
ENDPOINT = Endpoint(
    tenant_id=uuid4(),
    endpoint_id=uuid4(),
    organization_id=uuid4(),
    url="https://hooks.example/handrail",
    event_types=(EventType.HANDOFF_ACCEPTED,),
    created_at=NOON,
    changed_at=NOON,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/handrail?of=us",
        "https://hooks.example:8443/",
        "https://93.184.216.34/hook",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_public_addresses_over_https(url: str) -> None:
    assert usable_url(url, strict=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https:///path",
        "https://",
        "hooks.example",
        "https://user@hooks.example/",
        "https://user:password@hooks.example/",
        "https://hooks.example/#part",
        "https://hooks.example:99999/",
        "https://hooks.example:0/",
        "https://hooks.example\\@127.0.0.1/",
        "https://hooks.example/ x",
        "https://hooks.example/\r\nHost: a",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0/",
        "https://127.0.0.0x1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://bücher.example/",
        "https://hooks.example/" + "x" * 500,
    ],
)
def test_nothing_else(url: str) -> None:
    assert not usable_url(url, strict=True)


def test_the_demo_may_speak_to_its_own_machine() -> None:
    assert usable_url("http://127.0.0.1:9000/hook", strict=False)
    assert not usable_url("file:///etc/passwd", strict=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1",
        "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1",
        "168.63.129.16", "192.88.99.1", "3fff::1",
    ],
)  # fmt: skip
def test_addresses_inside_our_walls(address: str) -> None:
    assert is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_addresses_outside(address: str) -> None:
    assert not is_forbidden(ipaddress.ip_address(address))


def test_what_may_be_told_outside() -> None:
    assert EventType.HANDOFF_ACCEPTED in TELLABLE
    for kept in (
        EventType.CONSENT_REVOKED,
        EventType.PERSON_MERGED,
        EventType.BOUNDARY_RECORDED,
        EventType.WORKER_LEFT,
    ):
        assert kept not in TELLABLE
        with pytest.raises(EndpointInvalid):
            replace(ENDPOINT, event_types=(kept,)).check(strict=True)


def test_tries_go_on_for_three_days_and_then_end() -> None:
    waits = [after_call(FAILS, attempts=number, now=NOON) for number in range(len(PAUSES))]
    assert [one.next_at for one in waits] == [NOON + pause for pause in PAUSES]
    assert sum(PAUSES, timedelta(0)) > timedelta(days=3)
    assert after_call(FAILS, attempts=len(PAUSES), now=NOON).state is DeliveryState.FAILED
    assert after_call(Delivered(), attempts=3, now=NOON).state is DeliveryState.DELIVERED


def test_a_wish_to_come_later_is_heard_within_reason() -> None:
    patient = RetryAfter(DeliveryCode.TEMPORARILY_REFUSED, timedelta(hours=1))
    assert after_call(patient, attempts=0, now=NOON).next_at == NOON + timedelta(hours=1)
    endless = RetryAfter(DeliveryCode.TEMPORARILY_REFUSED, timedelta(days=400))
    assert after_call(endless, attempts=0, now=NOON).next_at == NOON + PAUSES[-1]


def test_it_rests_after_some_failures_and_longer_each_time() -> None:
    few = after_calls(ENDPOINT, outcomes=[FAILS] * (RESTS_AFTER - 1), now=NOON)
    assert few.busy_until is None
    rests = []
    endpoint = few
    for _ in range(5):
        endpoint = after_calls(endpoint, outcomes=[FAILS], now=NOON)
        assert endpoint.busy_until is not None
        rests.append(endpoint.busy_until - NOON)
    assert rests == sorted(set(rests))
    well = after_calls(endpoint, outcomes=[Delivered()], now=NOON)
    assert (well.failures, well.failing_since, well.busy_until) == (0, None, None)


def test_it_is_paused_only_when_it_keeps_failing() -> None:
    burst = after_calls(ENDPOINT, outcomes=[FAILS] * (PAUSES_AFTER * 2), now=NOON)
    assert burst.state is EndpointState.ACTIVE  # many failures, but within moments
    later = after_calls(burst, outcomes=[FAILS], now=NOON + timedelta(hours=1, seconds=1))
    assert (later.state, later.pause_code) == (EndpointState.PAUSED, PauseCode.KEPT_FAILING)
    seldom = after_calls(ENDPOINT, outcomes=[FAILS], now=NOON)
    seldom = after_calls(seldom, outcomes=[FAILS], now=NOON + timedelta(days=2))
    assert seldom.state is EndpointState.ACTIVE


def test_gone_is_gone() -> None:
    gone = after_calls(ENDPOINT, outcomes=[Delivered(), Rejected(DeliveryCode.GONE)], now=NOON)
    assert gone.pause_code is PauseCode.GONE


def test_resumed_as_new_and_rotated_with_grace() -> None:
    paused = after_calls(ENDPOINT, outcomes=[FAILS] * PAUSES_AFTER, now=NOON).paused(PauseCode.KEPT_FAILING)
    assert paused.resumed() == ENDPOINT
    rotated = ENDPOINT.rotated(NOON)
    assert rotated.generations(NOON) == (2, 1)
    assert rotated.generations(NOON + FORMER_SECRET_LASTS) == (2,)
    assert ENDPOINT.generations(NOON) == (1,)
