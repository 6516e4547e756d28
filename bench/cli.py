"""The command: runs one benchmark or all, prints a table, then one JSON line each."""

import asyncio
import json
import pkgutil
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench.measuring import Benchmark, InProcess, Result
from bench.running_system import running_system

commands = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _every_benchmark() -> Iterator[Benchmark | InProcess]:
    """A module of this folder that measures something says so with a BENCHMARK; others are what those are made of."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_") and module.name != "cli":
            found = getattr(import_module(f"bench.{module.name}"), "BENCHMARK", None)
            if found is not None:
                yield found


BENCHMARKS = {one.name: one for one in _every_benchmark()}


@commands.command()
def bench(
    name: Annotated[str | None, typer.Argument(help="one benchmark; without it, all")] = None,
    only: Annotated[str | None, typer.Option("--only", help="the same as the argument")] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="rounds of each side; the median counts")] = 5,
) -> None:
    """Measure ours beside theirs. Exit code 1 when something falls short of what it must reach."""
    wanted = only or name
    if wanted is not None and wanted not in BENCHMARKS:
        raise typer.BadParameter(f"no benchmark `{wanted}`; there are: {', '.join(BENCHMARKS)}")
    chosen = [BENCHMARKS[wanted]] if wanted else list(BENCHMARKS.values())
    results = asyncio.run(measure_all(chosen, rounds=rounds))
    Console().print(table_of(results))
    for result in results:
        sys.stdout.write(json.dumps(result.as_json()) + "\n")
    raise typer.Exit(0 if all(result.holds for result in results) else 1)


async def measure_all(chosen: list[Benchmark | InProcess], *, rounds: int) -> list[Result]:
    """First those that need nothing started, then one running system for all others, one after the other."""
    console = Console(stderr=True)
    results = []
    for one in chosen:
        if isinstance(one, InProcess):
            console.print(f"{one.name}: {one.what}")
            results.append(await one.measure(rounds, console.print))
    on_system = [one for one in chosen if isinstance(one, Benchmark)]
    if not on_system:
        return results
    this = asyncio.current_task()
    assert this is not None
    # Whoever ends a benchmark early must not leave a whole system running behind it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    async with running_system(say=console.print) as system:
        for one in on_system:
            console.print(f"{one.name}: {one.what}")
            results.append(await one.measure(system, rounds, console.print))
        return results


def table_of(results: list[Result]) -> Table:
    """What a person reads first."""
    table = Table("benchmark", "ours", "theirs", "unit", "ratio", "must", "aim", "holds")
    for result in results:
        one = result.benchmark
        table.add_row(
            one.name,
            f"{result.ours:,.0f}",
            f"{result.theirs:,.0f}",
            one.unit,
            f"{result.ratio:.2f}",
            f"{one.must:g}",
            f"{one.aim:g}",
            "yes" if result.holds else "NO",
        )
    return table
