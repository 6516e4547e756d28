"""A program with a guardian and children, for a test that kills it: python -m tests.handrail.watched_program FOLDER"""

import asyncio
import os
import sys
from pathlib import Path

from handrail.runtime.guardian import Guardian
from handrail.runtime.spawning import Command
from handrail.runtime.supervised import Supervised
from handrail.runtime.supervisor import Supervisor

CHILDREN = {
    "plain": "{ready}; time.sleep(600)",
    "deaf": "signal.signal(signal.SIGTERM, signal.SIG_IGN); {ready}; time.sleep(600)",
    "with_deaf_child": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN) if os.fork() == 0 else None; {ready}; time.sleep(600)"
    ),
}


async def run(folder: Path) -> None:
    """Start the children, print all process ids of each group, and wait to be killed."""
    supervisor = Supervisor(logs=folder, guardian=Guardian(), report=lambda _: None)
    things = []
    for name, program in CHILDREN.items():
        note = folder / f"{name}.ready"
        ready = f"open({str(note)!r}, 'a').write(str(os.getpid()) + chr(10))"
        source = "import os, signal, time; " + program.format(ready=ready)

        async def is_ready(note: Path = note, expected: int = 2 if "child" in name else 1) -> bool:
            return note.exists() and len(note.read_text().split()) == expected

        command = Command(name=name, argv=(sys.executable, "-c", source), environment={"PATH": os.defpath})
        things.append(Supervised(command=command, is_ready=is_ready))
    await supervisor.start(things)
    pids = [pid for name in CHILDREN for pid in (folder / f"{name}.ready").read_text().split()]
    sys.stdout.write(" ".join(pids) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
