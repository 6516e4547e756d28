"""The same look after a product that is broken on purpose: a small storm of one fault, which no mutant may survive unseen."""

import asyncio
from pathlib import Path

from tests.faults.mutants import Mutant
from tests.faults.storm.checks import SWEEP, Verdict, judge
from tests.faults.storm.client import Client
from tests.faults.storm.history import History, read_history
from tests.faults.storm.plan import Fault
from tests.faults.storm.stage import Stage, heal
from tests.faults.storm.striking import Striker

CROWD = 8
"""How many people a mutant meets."""


async def run_mutant(stage: Stage, mutant: Mutant, *, process: str, fault: Fault, history: Path) -> dict[str, Verdict]:
    """A small storm of one fault while a process is broken on purpose; the verdicts two sweeps after healing."""
    points = stage.system.points(process)
    with History(history) as written:
        client = Client(network=stage.network, history=written, seed=mutant, give_up=0)
        await client.meet(range(CROWD), range(CROWD))
        points.turn_into(mutant)
        try:
            striker = Striker(stage.system, seed=0, say=lambda _: None)
            errands = (*(client.discharge(n) for n in range(CROWD)), *(client.task(n) for n in range(CROWD)))
            await asyncio.gather(striker.strike(fault), *errands)
        finally:
            points.turn_into(None)
    await heal(stage)
    await asyncio.sleep(2 * SWEEP.total_seconds())
    return judge(read_history(history), await stage.collector.collect())
