"""`handrail up` with everything that exists, as an operator uses it: one story, told once, because a start takes a while.

In the production profile: the demo's own first start is another test's business.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from handrail.runtime.processes import SERVICES_WITH_DATABASE, exists
from handrail.runtime.spawning import PROJECT_ROOT
from handrail.runtime.state_folder import StateFolder
from tests.handrail.waiting import lives, until

pytestmark = pytest.mark.slow


def handrail(*arguments: str, state: StateFolder) -> "subprocess.CompletedProcess[str]":
    """One call of the command."""
    return subprocess.run(
        [sys.executable, "-m", "handrail", *arguments, "--state", str(state.root)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        env={name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")},
    )


def status(state: StateFolder) -> dict[str, Any]:
    """What `handrail status --json` says."""
    answer: dict[str, Any] = json.loads(handrail("status", "--json", state=state).stdout)
    return answer


def family(supervisor: int) -> list[int]:
    """The supervisor, its guardian, its children and theirs."""
    parent = psutil.Process(supervisor)
    return [supervisor, *(child.pid for child in parent.children(recursive=True))]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    made = StateFolder(tmp_path_factory.mktemp("up") / "state")
    yield made
    handrail("down", state=made)


@pytest.fixture(scope="module")
def somebody_elses_port() -> Iterator[int]:
    """The scope guard's port, taken by somebody else (or by whoever has it already)."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8402))
            taken.listen()
        except OSError as error:
            assert error.errno == 98  # noqa: PT017 - in use already: just what is wanted
        yield 8402


@pytest.fixture(scope="module")
def first_start(state: StateFolder, somebody_elses_port: int) -> "subprocess.CompletedProcess[str]":
    return handrail("up", "--detach", "--production", "--workers", "1", state=state)


def test_a_first_start_comes_up_and_says_so(
    first_start: "subprocess.CompletedProcess[str]", state: StateFolder
) -> None:
    assert first_start.returncode == 0, first_start.stdout + first_start.stderr
    assert "everything is ready" in first_start.stdout
    assert re.search(r"port 8402 is taken: scope_guard-api listens on \d+", first_start.stdout)
    found = status(state)
    assert found["all_ready"] is True
    assert {"postgres", "valkey", "beat"} <= {one["name"] for one in found["processes"]}
    assert {one["standing"] for one in found["processes"]} == {"ready"}
    assert "mail" not in {one["name"] for one in found["processes"]}  # production sends real mail


def test_secrets_are_private(first_start: "subprocess.CompletedProcess[str]", state: StateFolder) -> None:
    assert state.secrets.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in state.secrets.iterdir()}
    assert {"postgres.password", "valkey.password", "environment.json"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_no_password_is_on_a_command_line(first_start: "subprocess.CompletedProcess[str]", state: StateFolder) -> None:
    lines = [" ".join(psutil.Process(pid).cmdline()) for pid in family(status(state)["supervisor"])]
    words = [path.read_text().strip() for path in state.secrets.iterdir() if path.suffix == ".password"]
    assert len(words) >= 2
    assert not any(word in line for word in words for line in lines)


def test_a_second_one_on_the_same_folder_is_refused(
    first_start: "subprocess.CompletedProcess[str]", state: StateFolder
) -> None:
    refused = handrail("up", state=state)
    assert refused.returncode == 1
    assert f"already runs on `{state.root}` (process {status(state)['supervisor']})" in refused.stderr


def test_a_killed_process_comes_back(first_start: "subprocess.CompletedProcess[str]", state: StateFolder) -> None:
    def beat() -> dict[str, Any]:
        found: dict[str, Any] = next(one for one in status(state)["processes"] if one["name"] == "beat")
        return found

    killed = beat()["pid"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: beat()["restarts"] == 1 and beat()["standing"] == "ready", what="the beat is back")
    assert beat()["pid"] != killed
    assert "beat was ended by SIGKILL; starting it again" in handrail("logs", "supervisor", state=state).stdout


def test_a_database_survives_a_stop_and_a_kill_of_the_supervisor(
    first_start: "subprocess.CompletedProcess[str]", state: StateFolder
) -> None:
    cluster = (state.postgres / "cluster" / "PG_VERSION").stat().st_ctime_ns
    secret = state.secret("postgres.password")
    before = family(status(state)["supervisor"])
    assert handrail("down", state=state).returncode == 0
    assert not any(lives(pid) for pid in before)

    again = handrail("up", "--detach", "--production", "--workers", "1", state=state)
    assert again.returncode == 0, again.stdout + again.stderr
    assert (state.postgres / "cluster" / "PG_VERSION").stat().st_ctime_ns == cluster
    assert state.secret("postgres.password") == secret

    supervisor = status(state)["supervisor"]
    everyone = family(supervisor)
    assert len(everyone) > 5
    os.kill(supervisor, signal.SIGKILL)
    until(lambda: not any(lives(pid) for pid in everyone), what="nothing is left of a killed supervisor")
    assert handrail("status", state=state).stdout == "nothing runs here\n"
    doctor = handrail("doctor", "--json", state=state)
    assert "stale_lock" in {one["code"] for one in json.loads(doctor.stdout) if one["is_wrong"]}


def test_every_service_that_exists_took_part(
    first_start: "subprocess.CompletedProcess[str]", state: StateFolder
) -> None:
    stored = json.loads(state.environment_file.read_text())
    assert set(stored) == {
        one.value for one in SERVICES_WITH_DATABASE if exists(f"services.{one.value}.migrations.env")
    }


def test_down_with_nothing_running_is_fine(tmp_path: Path) -> None:
    answer = handrail("down", state=StateFolder(tmp_path / "none"))
    assert (answer.returncode, answer.stdout.startswith("nothing runs on")) == (0, True)
