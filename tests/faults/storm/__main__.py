"""`python -m tests.faults.storm --seed 1 --kills 300 --discharges 2000`: a storm, and what held."""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.storm.printed import lines_of
from tests.faults.storm.run import Report, run_storm
from tests.faults.storm.stage import open_stage


async def _run(arguments: argparse.Namespace) -> Report:
    began, enough = time.monotonic(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # what has happened so far is looked at all the same
        asyncio.get_running_loop().add_signal_handler(number, enough.set)

    def say(words: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - began:6.1f} s] {words}\n")
        sys.stdout.flush()

    with tempfile.TemporaryDirectory(prefix="handrail-history-") as folder:
        history = (arguments.logs or Path(folder)) / "history.jsonl"
        history.parent.mkdir(parents=True, exist_ok=True)
        async with open_stage(say=say, keep_logs=arguments.logs) as stage:
            return await run_storm(
                stage,
                seed=arguments.seed,
                kills=arguments.kills,
                discharges=arguments.discharges,
                history=history,
                say=say,
                enough=enough,
            )


def main() -> int:
    """0 when every fault fired and every invariant held."""
    parser = argparse.ArgumentParser(description="kill and harm everything, and look what is lost")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=34)
    parser.add_argument("--discharges", type=int, default=250)
    parser.add_argument("--logs", type=Path, help="keep every process's log and the history in this (new) folder")
    report = asyncio.run(_run(parser.parse_args()))
    sys.stdout.write("\n" + "\n".join(lines_of(report)) + "\n")
    sys.stdout.write("everything fired, everything held\n" if report.holds else "NOT everything fired and held\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
