"""A short storm over the whole product, and the same look at what is left after mutants were in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.crash_points import Point, Victim
from tests.faults.mutants import TELL, Mutant
from tests.faults.storm.mutant import run_mutant
from tests.faults.storm.plan import Fault, Harm, Kill
from tests.faults.storm.printed import lines_of
from tests.faults.storm.proxy import Mode
from tests.faults.storm.run import run_storm
from tests.faults.storm.stage import Stage, open_stage

pytestmark = pytest.mark.slow

SEED, KILLS, DISCHARGES = 1, 12, 60


@pytest.fixture(scope="module")
async def stage() -> AsyncIterator[Stage]:
    """One running product for the storm and, after it, for the mutants."""
    async with open_stage(say=print) as stage:
        yield stage


async def test_a_dozen_kills_and_every_kind_of_harm_lose_nothing_and_show_nothing_twice(
    stage: Stage, tmp_path: Path
) -> None:
    report = await run_storm(
        stage,
        seed=SEED,
        kills=KILLS,
        discharges=DISCHARGES,
        history=tmp_path / "history.jsonl",
        say=print,
        mail_patience=0,
    )
    assert report.holds, "\n".join(lines_of(report))


@pytest.mark.parametrize(
    ("mutant", "process", "fault", "broken"),
    [
        (
            Mutant.TOLD_BY_MESSAGE_ALONE,
            "notifications-api",
            Kill(process="notifications-worker", point=Point.BELL_POPPED, victim=Victim.WORKER, task=TELL),
            "I1",
        ),
        (
            Mutant.MARKED_BEFORE_THE_EFFECT,
            "notifications-worker",
            Kill(process="notifications-worker", point=Point.INBOX_CLAIMED),
            "I1",
        ),
        (Mutant.WITHOUT_A_KEY, "referrals-api", Harm(line="client", mode=Mode.LOSE_REPLY), "I2"),
    ],
    ids=[Mutant.TOLD_BY_MESSAGE_ALONE, Mutant.MARKED_BEFORE_THE_EFFECT, Mutant.WITHOUT_A_KEY],
)
async def test_the_same_checks_catch_a_mutant(
    stage: Stage, tmp_path: Path, mutant: Mutant, process: str, fault: Fault, broken: str
) -> None:
    verdicts = await run_mutant(stage, mutant, process=process, fault=fault, history=tmp_path / "history.jsonl")
    assert verdicts[broken].wrong, f"{mutant} got away"
