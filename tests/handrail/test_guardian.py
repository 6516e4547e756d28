"""What is left when a supervisor is killed: nothing."""

import subprocess
import sys
from pathlib import Path

from handrail.runtime.spawning import PROJECT_ROOT
from tests.handrail.waiting import lives, until


def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "tests.handrail.watched_program", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    assert supervisor.stdout is not None
    pids = [int(word) for word in supervisor.stdout.readline().split()]
    assert len(pids) == 4
    assert all(lives(pid) for pid in pids)
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    until(lambda: not any(lives(pid) for pid in pids), what="all children, the deaf ones too, are gone")
