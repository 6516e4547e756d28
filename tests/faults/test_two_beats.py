"""Two real beats ring at once, and one child sweeps while another stands still with a claim in its hands."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notifications.worker import schedule
from tests.faults.crash_points import Point, Victim
from tests.faults.house import House
from tests.faults.running_worker import ROOT, until
from tests.fixtures.processes import without_own_settings


@pytest.fixture
def two_beats(house: House, tmp_path: Path) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Two beat processes on the house's broker, as after a deployment that forgot to stop the old one."""
    beats = []
    for name in ("one", "two"):
        environment = {
            "HANDRAIL_BEAT_REDIS_URL": house.valkey_url,
            "HANDRAIL_BEAT_HEARTBEAT_FILE": str(tmp_path / f"beat-{name}"),
        }
        with (tmp_path / f"beat-{name}.log").open("wb") as log:
            beats.append(
                subprocess.Popen(
                    [sys.executable, "-m", "handrail.beat"],
                    env=without_own_settings() | environment,
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                )
            )
    yield beats
    for beat in beats:
        beat.kill()
        beat.wait()


@pytest.mark.parametrize("point", [Point.INBOX_UNCOMMITTED, Point.ITEM_LEASED, Point.EMAIL_LEASED])
async def test_two_beats_leave_one_item(
    house: House, two_beats: list["subprocess.Popen[bytes]"], tmp_path: Path, point: Point
) -> None:
    told = await house.offers()
    await house.hear(told)
    house.faults.arm(point, victim=Victim.NOBODY)
    worker = house.start(children=2)
    held = await worker.struck()
    ended_before = len(house.faults.finished())

    def another_swept() -> bool:
        since = house.faults.finished()[ended_before:]
        return any(task.name == schedule.SWEEP and task.process_id != held for task in since)

    def the_held_one_ended() -> bool:
        return any(task.process_id == held for task in house.faults.finished()[ended_before:])

    await until(another_swept, what="the other child goes through a whole sweep meanwhile")
    assert not the_held_one_ended()
    house.faults.release()
    await until(the_held_one_ended, what="the held one goes on to its end")
    await until(lambda: all((tmp_path / f"beat-{name}").exists() for name in ("one", "two")), what="both beats ring")
    assert all(beat.poll() is None for beat in two_beats)
    await house.assert_told_once(told, after=worker)
