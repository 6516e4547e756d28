"""Limits and breakers before providers: exact, shared, and slow to change their mind."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.codes import Channel, DeliveryCode
from services.notifications.domain.gates import (
    FIRST_REST,
    LONGEST_REST,
    PROBE_EVERY,
    TRIES_TO_CLOSE,
    TRIES_TO_OPEN,
    Admitted,
    Gate,
    GateState,
    HeldBack,
    admit,
    heard,
)
from services.notifications.domain.outcomes import Delivered, Outcome, Rejected, RetryAfter
from tests.services.notifications.journeys import NOON

DOWN = RetryAfter(DeliveryCode.PROVIDER_DOWN)
EMAIL, SMS = Channel.EMAIL, Channel.SMS


def gate(channel: Channel = SMS, *, per_minute: int = 600) -> Gate:
    return Gate.new(channel, per_minute=per_minute, now=NOON)


def gates(**changed: Gate) -> dict[Channel, Gate]:
    return {EMAIL: gate(EMAIL)} | {SMS: gate()} | {Channel(name): one for name, one in changed.items()}


def opened(at: datetime = NOON) -> Gate:
    return heard(gate(), outcomes=[DOWN] * TRIES_TO_OPEN, now=at)


def test_a_few_failures_open_nothing_and_one_success_forgets_them() -> None:
    shaken = heard(gate(), outcomes=[DOWN] * (TRIES_TO_OPEN - 1), now=NOON)
    assert shaken.state(NOON) is GateState.CLOSED
    assert heard(shaken, outcomes=[Delivered(), DOWN], now=NOON).state(NOON) is GateState.CLOSED
    assert heard(shaken, outcomes=[DOWN], now=NOON).state(NOON) is GateState.OPEN


@pytest.mark.parametrize(
    "outcome",
    [
        Rejected(DeliveryCode.NUMBER_REFUSED),
        RetryAfter(DeliveryCode.TEMPORARILY_REFUSED),
        RetryAfter(DeliveryCode.GREYLISTED),
    ],
)
def test_what_speaks_of_one_message_says_nothing_about_the_provider(outcome: Outcome) -> None:
    assert heard(gate(), outcomes=[outcome] * 50, now=NOON).state(NOON) is GateState.CLOSED


def test_messages_go_round_an_outage_in_the_order_the_worker_chose() -> None:
    _, admissions = admit(gates(sms=opened()), wishes=[[SMS, EMAIL], [EMAIL, SMS], [SMS]], now=NOON)
    assert admissions == [Admitted(EMAIL), Admitted(EMAIL), HeldBack(NOON + FIRST_REST, DeliveryCode.PROVIDER_DOWN)]


def test_half_open_lets_one_message_find_out() -> None:
    later = NOON + FIRST_REST
    changed, admissions = admit(gates(sms=opened()), wishes=[[SMS, EMAIL]] * 3, now=later)
    assert admissions == [Admitted(SMS), Admitted(EMAIL), Admitted(EMAIL)]
    assert changed[SMS].state(later + PROBE_EVERY) is GateState.HALF_OPEN


@pytest.mark.parametrize("together", [TRIES_TO_OPEN, 8, 40])
def test_many_that_fail_together_open_it_once_and_for_the_first_rest_only(together: int) -> None:
    struck = heard(gate(), outcomes=[DOWN] * together, now=NOON)
    assert (struck.openings, struck.open_until) == (1, NOON + FIRST_REST)


def test_it_closes_only_after_several_successes_and_opens_for_longer_each_time() -> None:
    flutter, now = opened(), NOON
    rests = []
    for _ in range(8):
        assert flutter.open_until is not None
        rests.append(flutter.open_until - now)
        now = flutter.open_until
        flutter = heard(flutter, outcomes=[Delivered()] * (TRIES_TO_CLOSE - 1), now=now)
        assert flutter.state(now) is GateState.HALF_OPEN
        flutter = heard(flutter, outcomes=[DOWN], now=now)
        assert flutter.state(now) is GateState.OPEN
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (FIRST_REST, LONGEST_REST)
    well = heard(flutter, outcomes=[Delivered()] * TRIES_TO_CLOSE, now=now)
    assert well.state(now) is GateState.CLOSED
    assert well.failures == 0


@given(
    per_minute=st.integers(1, 5000),
    arrivals=st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 30)), min_size=1, max_size=30),
)
def test_no_more_pass_than_the_limit_allows(per_minute: int, arrivals: list[tuple[int, int]]) -> None:
    state, now, passed = {SMS: gate(per_minute=per_minute)}, NOON, 0
    burst = max(per_minute / 5, 1)
    for milliseconds, wanted in arrivals:
        now += timedelta(milliseconds=milliseconds)
        state, admissions = admit(state, wishes=[[SMS]] * wanted, now=now)
        passed += sum(isinstance(one, Admitted) for one in admissions)
        held = [one for one in admissions if isinstance(one, HeldBack)]
        assert all(one.code is DeliveryCode.RATE_LIMITED and one.again_at > now for one in held)
    assert passed <= burst + per_minute * ((now - NOON) / timedelta(minutes=1)) + 1e-6


def test_a_limit_is_waited_for_and_not_gone_round() -> None:
    empty = replace(gate(per_minute=60), tokens=0.0)
    _, admissions = admit(gates(sms=empty), wishes=[[SMS, EMAIL]], now=NOON)
    assert admissions == [HeldBack(NOON + timedelta(seconds=1), DeliveryCode.RATE_LIMITED)]


def test_a_provider_that_asks_for_patience_gets_it_from_everybody() -> None:
    asked = heard(gate(), outcomes=[RetryAfter(DeliveryCode.RATE_LIMITED, timedelta(seconds=40))], now=NOON)
    _, (admission,) = admit({SMS: asked}, wishes=[[SMS]], now=NOON + timedelta(seconds=39))
    assert admission == HeldBack(NOON + timedelta(seconds=40), DeliveryCode.RATE_LIMITED)
    _, (admission,) = admit({SMS: asked}, wishes=[[SMS]], now=NOON + timedelta(seconds=40))
    assert admission == Admitted(SMS)
    assert asked.state(NOON) is GateState.CLOSED
