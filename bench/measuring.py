"""Two sides measured in turn, so that whatever else the machine does falls on both."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bench.running_system import System

Say = Callable[[str], None]
Side = Callable[[], Awaitable[float]]
"""One round of one side; answers in the benchmark's unit, of which more is better."""


@dataclass(frozen=True)
class Benchmark:
    """`must` and `aim` are ratios of ours to theirs."""

    name: str
    what: str
    unit: str
    must: float
    aim: float
    run: Callable[[System, "Rounds"], Awaitable["Result"]]

    async def measure(self, system: System, rounds: int, say: Say) -> "Result":
        """Run it on a running system."""
        return await self.run(system, Rounds(benchmark=self, count=rounds, say=say))


@dataclass(frozen=True)
class Result:
    """Medians of both sides."""

    benchmark: Benchmark
    ours: float
    theirs: float
    rounds: int

    @property
    def ratio(self) -> float:
        """Ours to theirs."""
        return self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether it reaches what it must (the aim is only told)."""
        return self.ratio >= self.benchmark.must

    def as_json(self) -> dict[str, Any]:
        """The line that programs read."""
        return {
            "name": self.benchmark.name,
            "ratio": round(self.ratio, 3),
            "goal": self.benchmark.must,
            "aim": self.benchmark.aim,
            "holds": self.holds,
            "ours": round(self.ours, 1),
            "theirs": round(self.theirs, 1),
            "unit": self.benchmark.unit,
            "rounds": self.rounds,
        }


@dataclass(frozen=True)
class Rounds:
    """Runs both sides alternately after one unmeasured round of each."""

    benchmark: Benchmark
    count: int
    say: Say

    async def compare(self, *, ours: Side, theirs: Side) -> Result:
        """Medians over all rounds. Every other round begins with the other side."""
        await theirs()
        await ours()
        measured: dict[Side, list[float]] = {ours: [], theirs: []}
        for number in range(self.count):
            for side in (ours, theirs) if number % 2 else (theirs, ours):
                measured[side].append(await side())
            self.say(f"  round {number + 1}: ours {measured[ours][-1]:,.0f}, theirs {measured[theirs][-1]:,.0f}")
        return Result(
            benchmark=self.benchmark,
            ours=statistics.median(measured[ours]),
            theirs=statistics.median(measured[theirs]),
            rounds=self.count,
        )
