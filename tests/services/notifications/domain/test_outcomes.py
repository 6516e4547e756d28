"""From the answer of a channel to the state of a delivery."""

from datetime import timedelta

import pytest

from services.notifications.domain.codes import Channel, DeliveryCode, DeliveryState, EndReason
from services.notifications.domain.outcomes import (
    LONGEST_PAUSE,
    MAX_ATTEMPTS,
    Delivered,
    Rejected,
    RetryAfter,
    Settled,
    after,
    pause,
    reconsidered,
)
from tests.services.notifications.journeys import NOON

LATER = RetryAfter(DeliveryCode.TEMPORARILY_REFUSED)


def test_delivered_and_rejected_are_final() -> None:
    assert after(Delivered(), attempts=3, now=NOON) == Settled(DeliveryState.DELIVERED, attempted=True)
    assert after(Rejected(DeliveryCode.RECIPIENT_REFUSED), attempts=0, now=NOON) == Settled(
        DeliveryState.FAILED, DeliveryCode.RECIPIENT_REFUSED, attempted=True
    )


def test_a_retry_waits_longer_each_time_and_ends_at_the_cap() -> None:
    settled = [after(LATER, attempts=attempts, now=NOON) for attempts in range(MAX_ATTEMPTS)]
    assert [one.state for one in settled[:-1]] == [DeliveryState.RETRY] * (MAX_ATTEMPTS - 1)
    waits = [one.next_at - NOON for one in settled[:-1] if one.next_at]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=15)
    assert settled[-1] == Settled(DeliveryState.FAILED, DeliveryCode.TEMPORARILY_REFUSED, attempted=True)


@pytest.mark.parametrize("attempts", [7, 20, 10**6])
def test_no_pause_is_longer_than_the_longest(attempts: int) -> None:
    assert pause(attempts) == LONGEST_PAUSE


def test_what_ended_meanwhile() -> None:
    delivered = Settled(DeliveryState.DELIVERED, attempted=True)
    retry = Settled(DeliveryState.RETRY, DeliveryCode.TIMED_OUT, NOON, attempted=True)
    failed = Settled(DeliveryState.FAILED, DeliveryCode.MESSAGE_REFUSED, attempted=True)
    cancelled = Settled(DeliveryState.CANCELLED, EndReason.ACCEPTED, attempted=True)
    over = EndReason.ACCEPTED
    assert reconsidered(delivered, channel=Channel.INBOX, end_reason=over) == cancelled
    assert reconsidered(delivered, channel=Channel.EMAIL, end_reason=over) == delivered
    assert reconsidered(failed, channel=Channel.EMAIL, end_reason=over) == failed
    assert reconsidered(retry, channel=Channel.EMAIL, end_reason=over) == cancelled
    assert reconsidered(retry, channel=Channel.EMAIL, end_reason=None) == retry
    assert reconsidered(delivered, channel=Channel.INBOX, end_reason=None) == delivered


def test_an_item_is_not_shown_to_somebody_who_left_but_what_went_out_went_out() -> None:
    delivered = Settled(DeliveryState.DELIVERED, attempted=True)
    shown = reconsidered(delivered, channel=Channel.INBOX, end_reason=None, worker_left=True)
    assert (shown.state, shown.code) == (DeliveryState.SUPPRESSED, DeliveryCode.WORKER_LEFT)
    assert reconsidered(delivered, channel=Channel.EMAIL, end_reason=None, worker_left=True) == delivered
    over = reconsidered(delivered, channel=Channel.INBOX, end_reason=EndReason.ACCEPTED, worker_left=True)
    assert (over.state, over.code) == (DeliveryState.CANCELLED, EndReason.ACCEPTED)
