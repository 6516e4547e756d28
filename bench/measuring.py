"""Two sides measured in turn, so that whatever else the machine does falls on both."""

import statistics
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.running_system import System

Say = Callable[[str], None]
Side = Callable[[], Awaitable[float]]
"""One round of one side; answers in the benchmark's unit, of which more is better."""


@dataclass(frozen=True)
class Comparison:
    """`must` and `aim` are ratios of ours to theirs: at least so much, or at most where less is better."""

    name: str
    what: str
    unit: str
    must: float
    aim: float
    at_most: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Benchmark(Comparison):
    """Measured on the running product."""

    run: Callable[[System, "Rounds"], Awaitable["Result"]]

    async def measure(self, system: System, rounds: int, say: Say) -> "Result":
        """Run it on a running system."""
        return await self.run(system, Rounds(benchmark=self, count=rounds, say=say))


@dataclass(frozen=True)
class InProcess(Comparison):
    """Measured inside this program alone; nothing has to be started for it."""

    run: Callable[["Rounds"], Awaitable["Result"]]

    async def measure(self, rounds: int, say: Say) -> "Result":
        """Run it."""
        return await self.run(Rounds(benchmark=self, count=rounds, say=say))


@dataclass(frozen=True)
class Result:
    """Medians of both sides. `further` are more keys of the JSON line; `limits_hold` says whether they keep theirs."""

    benchmark: Comparison
    ours: float
    theirs: float
    rounds: int
    further: Mapping[str, float] = field(default_factory=dict)
    limits_hold: bool = True

    @property
    def ratio(self) -> float:
        """Ours to theirs."""
        return self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether it reaches what it must (the aim is only told)."""
        must = self.benchmark.must
        return self.limits_hold and (self.ratio <= must if self.benchmark.at_most else self.ratio >= must)

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
            **self.further,
        }


@dataclass(frozen=True)
class Rounds:
    """Runs all sides in turn after one unmeasured round of each."""

    benchmark: Comparison
    count: int
    say: Say

    async def compare(self, *, ours: Side, theirs: Side) -> Result:
        """Both sides beside each other."""
        medians = await self.interleave({"ours": ours, "theirs": theirs})
        return Result(benchmark=self.benchmark, ours=medians["ours"], theirs=medians["theirs"], rounds=self.count)

    async def interleave(self, sides: Mapping[str, Side]) -> dict[str, float]:
        """The median of each side over all rounds. Every other round goes through the sides backwards."""
        names = list(sides)
        measured: dict[str, list[float]] = {name: [] for name in names}
        for name in reversed(names):
            await sides[name]()
        for number in range(self.count):
            for name in names if number % 2 else reversed(names):
                measured[name].append(await sides[name]())
            self.say(f"  round {number + 1}: " + ", ".join(f"{name} {measured[name][-1]:,.0f}" for name in names))
        return {name: statistics.median(values) for name, values in measured.items()}
