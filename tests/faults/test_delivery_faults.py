"""A worker of notifications dies with deliveries in its hands: its lease runs out, and another takes over."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.notifications.domain.sending import INBOX_LEASE
from services.notifications.use_cases.send_messages import MESSAGE_LEASE
from services.notifications.worker import schedule
from tests.faults.crash_points import Point, Victim
from tests.faults.house import House

README = Path(__file__).parents[2] / "services" / "notifications" / "README.md"


@pytest.mark.parametrize(
    ("point", "lease"), [(Point.ITEM_LEASED, INBOX_LEASE), (Point.EMAIL_LEASED, MESSAGE_LEASE)], ids=["item", "email"]
)
async def test_a_delivery_that_was_leased_and_never_sent_is_sent_once(
    house: House, point: Point, lease: timedelta
) -> None:
    told = await house.offers()
    await house.hear(told)
    house.faults.arm(point, victim=Victim.CHILD)
    worker = house.start(children=2)
    worker.ring(schedule.PROCESS_INBOX)
    await worker.child_died()
    await worker.run(schedule.SWEEP)
    with pytest.raises(AssertionError, match="never told" if point is Point.ITEM_LEASED else "ended as leased"):
        await house.assert_told_once(told)  # nothing is taken from a holder whose lease still runs
    assert not house.mail.messages
    house.faults.pass_time(lease + timedelta(seconds=1))
    await house.assert_told_once(told, after=worker)


async def test_a_mail_that_was_accepted_and_not_marked_may_come_twice_and_says_that_it_is_the_same(
    house: House,
) -> None:
    """P6 cannot be exactly once: no sender can know whether a mail server that has said 250 was heard.

    So we choose the repeat over the loss, say so in the README, and give both copies one Message-ID, by which mail
    servers and readers may drop the second. The inbox, which is ours, shows one item.
    """
    told = await house.offers()
    await house.hear(told)
    house.faults.arm(Point.EMAIL_ACCEPTED, victim=Victim.CHILD)
    worker = house.start(children=2)
    worker.ring(schedule.PROCESS_INBOX)
    await worker.child_died()
    accepted = len(house.mail.messages)
    assert accepted >= 1
    house.faults.pass_time(MESSAGE_LEASE + timedelta(seconds=1))
    await house.assert_told_once(told, after=worker, mails_at_most=2)
    assert len(house.mail.messages) > len(told.entitled), (
        "the fault has left a repeat, or it did not fire where it should"
    )
    with pytest.raises(AssertionError, match="more often than can be helped"):
        await house.assert_told_once(told)
    words = README.read_text(encoding="utf-8")
    assert "Message-ID" in words
    assert "cannot be excluded is a property of SMTP" in words
