"""One storm from its beginning to its verdict: discharges and faults side by side, then healing, two sweeps, and the checks."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.storm.checks import SWEEP, Verdict, judge
from tests.faults.storm.client import NO_ANSWER, Client
from tests.faults.storm.gathering import Collector
from tests.faults.storm.history import Deed, History, read_history
from tests.faults.storm.plan import Plan, make_plan
from tests.faults.storm.stage import Say, Stage, heal
from tests.faults.storm.striking import Shot, Striker

DISCHARGES_A_TASK = 3
TOGETHER = 4
"""Discharges come in small crowds, so that a fault finds several requests on their way."""
EXTRA_EVERY_SECONDS = 3.0
NOTE_HEAD_EVERY_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
"""How long after the two sweeps we go on looking, to say when it held in the end; what held late still fails I9."""
MAIL_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a storm has shown. `held_after`: seconds from healing until everything held (None: it never did)."""

    seed: int
    plan: Plan
    shots: tuple[Shot, ...]
    deeds: tuple[Deed, ...]
    verdicts: Mapping[str, Verdict]
    late: Mapping[str, Verdict]
    """The verdicts at the first look, two sweeps after healing, of those that did not hold then."""
    held_after: float | None
    restarts: int
    mails: int
    repeated_mails: int
    late_mails: int
    storm_seconds: float

    @property
    def unfired(self) -> list[Shot]:
        """Faults that were planned and never happened."""
        return [shot for shot in self.shots if not shot.proof]

    @property
    def holds(self) -> bool:
        """Every fault fired, and every invariant held at the first look."""
        all_fired = len(self.shots) == len(self.plan.planned) and not self.unfired
        looked = all(verdict.looked_at for verdict in self.verdicts.values())
        return all_fired and looked and not self.late and not any(one.wrong for one in self.verdicts.values())


async def run_storm(
    stage: Stage,
    *,
    seed: int,
    kills: int,
    discharges: int,
    history: Path,
    say: Say,
    mail_patience: float = MAIL_PATIENCE_SECONDS,
    enough: asyncio.Event | None = None,
) -> Report:
    """All of it. `mail_patience`: seconds given to mail that waits for its provider; it is reported, not judged.

    Once there is `enough`, no more faults are begun, and what has not fired is said; the look afterwards is the same.
    """
    plan = make_plan(seed, kills=kills)
    striker = Striker(stage.system, seed=seed, say=say)
    with History(history) as written:
        client = Client(network=stage.network, history=written, seed=str(seed))
        await client.meet(range(discharges), range(0, discharges, DISCHARGES_A_TASK))
        say(f"{discharges} people are about to go home")
        striking = asyncio.create_task(striker.carry_out(plan))
        began = time.monotonic()
        ending = asyncio.create_task((enough or asyncio.Event()).wait())
        ending.add_done_callback(lambda _: striking.cancel())
        noting = asyncio.create_task(_note_heads(stage.collector))
        try:
            await _errands(client, discharges=discharges, seconds=plan.seconds, until=striking)
        finally:
            for task in (noting, ending, striking):
                task.cancel()
        storm_seconds = time.monotonic() - began
        say(f"the storm is over after {storm_seconds:.0f} s; healing")
        await heal(stage)
    deeds = read_history(history)
    first, verdicts, held_after = await watch_until_held(stage, deeds, say=say)
    late_mails = await _mail_settled(stage.collector, patience=mail_patience)
    taken = stage.system.lines.mail.taken
    return Report(
        seed=seed,
        plan=plan,
        shots=tuple(striker.shots),
        deeds=tuple(deeds),
        verdicts=verdicts,
        late={name: one for name, one in first.items() if one.wrong},
        held_after=held_after,
        restarts=stage.system.restarts(),
        mails=len(taken),
        repeated_mails=len(taken) - len({(mail.recipient, mail.message_id) for mail in taken}),
        late_mails=late_mails,
        storm_seconds=storm_seconds,
    )


async def watch_until_held(
    stage: Stage, deeds: list[Deed], *, say: Say
) -> tuple[dict[str, Verdict], dict[str, Verdict], float | None]:
    """The verdicts two sweeps after healing, the last ones, and when (if ever) everything held."""
    healed = time.monotonic()
    await asyncio.sleep(2 * SWEEP.total_seconds())  # this much the promise gives itself
    first: dict[str, Verdict] | None = None
    said = ""
    while True:
        looked = time.monotonic()
        verdicts = judge(deeds, await stage.collector.collect())
        first = first or verdicts
        words = "; ".join(f"{name}: {one.wrong[0]}" for name, one in verdicts.items() if one.wrong)
        if not words:
            return first, verdicts, looked - healed
        if words != said:
            say(f"{looked - healed:.0f} s after healing: {words}")
            said = words
        if looked - healed > PATIENCE_SECONDS:
            return first, verdicts, None
        await asyncio.sleep(2)


async def _errands(client: Client, *, discharges: int, seconds: float, until: "asyncio.Task[None]") -> None:
    """Spread over the storm; when faults still wait for somebody to come by, some more."""
    errands: set[asyncio.Task[None]] = set()
    began, number = time.monotonic(), 0
    while not until.cancelled() and (number < discharges or not until.done()):
        if until.done() and until.exception() is not None:
            break
        for _ in range(TOGETHER):
            errands.add(asyncio.create_task(client.discharge(number)))
            if number % DISCHARGES_A_TASK == 0:
                errands.add(asyncio.create_task(client.task(number)))
            number += 1
        due = began + number * seconds / discharges
        await asyncio.sleep(max(due - time.monotonic(), EXTRA_EVERY_SECONDS if number > discharges else 0))
    await asyncio.gather(*errands)
    if not until.cancelled():
        await until


async def _note_heads(collector: Collector) -> None:
    """An auditor outside looks at the decision log now and then, whenever it answers."""
    while True:
        await asyncio.sleep(NOTE_HEAD_EVERY_SECONDS)
        with contextlib.suppress(*NO_ANSWER):
            await collector.note_head()


async def _mail_settled(collector: Collector, *, patience: float) -> int:
    """Mail rests while its provider is down; how many messages are still on their way after some patience."""
    deadline = time.monotonic() + patience
    while (late := await collector.late_mail()) and time.monotonic() < deadline:  # noqa: ASYNC110 - others send it
        await asyncio.sleep(2)
    return late
