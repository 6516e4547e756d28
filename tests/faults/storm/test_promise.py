"""I9 in numbers: whoever dies with something in hand, and the sweep that finds it, take less than two sweep intervals."""

from datetime import timedelta

import pytest

from services.notifications.domain.sending import INBOX_LEASE, RECHECK_AFTER
from services.notifications.settings import NotificationsSettings
from services.notifications.worker import schedule
from services.referrals.worker.schedule import BEAT_SCHEDULE, RELAY
from shared.outbox import HAND_OVER_SECONDS, LEASE, LONGEST_BACK_OFF
from tests.faults.storm.checks import SWEEP


@pytest.mark.parametrize("held", [LEASE, LONGEST_BACK_OFF, INBOX_LEASE, RECHECK_AFTER])
def test_what_somebody_holds_is_free_again_before_the_next_sweep_but_one(held: timedelta) -> None:
    assert held < SWEEP
    assert BEAT_SCHEDULE[RELAY].every_seconds == schedule.SWEEP_SECONDS == SWEEP.total_seconds()


def test_nobody_waits_for_an_answer_longer_than_the_lease_lasts() -> None:
    (longest,) = (
        limit.le
        for limit in NotificationsSettings.model_fields["referrals_timeout_seconds"].metadata
        if hasattr(limit, "le")
    )
    assert longest < INBOX_LEASE.total_seconds()
    assert LEASE.total_seconds() > HAND_OVER_SECONDS
