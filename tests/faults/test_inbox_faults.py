"""A worker of notifications dies while it applies what it was told: everybody is told all the same, once."""

import pytest

from services.notifications.worker import schedule
from tests.faults.crash_points import Point, Victim
from tests.faults.house import House


@pytest.mark.parametrize("point", [Point.INBOX_CLAIMED, Point.INBOX_UNCOMMITTED, Point.INBOX_COMMITTED])
async def test_a_child_dies_and_whoever_sweeps_next_tells_everybody_once(house: House, point: Point) -> None:
    told = await house.offers()
    await house.hear(told)
    house.faults.arm(point, victim=Victim.CHILD)
    worker = house.start(children=2)
    worker.ring(schedule.PROCESS_INBOX)
    await worker.child_died()
    await house.assert_told_once(told, after=worker)


async def test_a_child_dies_between_its_last_commit_and_the_acknowledgement(house: House) -> None:
    """The parent gives the task to its next child, because it never heard that it was done."""
    told = await house.offers()
    await house.hear(told)
    house.faults.arm(Point.TASK_UNACKNOWLEDGED, victim=Victim.CHILD)
    worker = house.start()
    rung = worker.ring(schedule.PROCESS_INBOX)
    await worker.child_died()
    await worker.ended(rung)
    await house.assert_told_once(told, after=worker)


@pytest.mark.parametrize("point", [Point.INBOX_UNCOMMITTED, Point.BELL_POPPED])
async def test_a_whole_worker_dies_and_a_fresh_one_finds_the_work_by_sweeping(house: House, point: Point) -> None:
    """No bell is left: Valkey believes that the dead worker still has it, or (popped) has forgotten it for good."""
    told = await house.offers()
    await house.hear(told)
    house.faults.arm(point, victim=Victim.WORKER)
    worker = house.start()
    worker.ring(schedule.PROCESS_INBOX)
    await worker.worker_died()
    await house.assert_told_once(told, after=house.start())
