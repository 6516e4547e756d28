"""The whole system, started once by the operator's own command, on a state folder and ports of its own."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from handrail.runtime.process_states import read_status
from handrail.runtime.state_folder import StateFolder
from tests.fixtures.processes import without_own_settings
from tests.journeys.leaks.outside import MESSAGES, SENDER, Outside

Handrail = Callable[..., subprocess.CompletedProcess[str]]

START_SECONDS = 240


def handrail(
    *arguments: str, state: Path, seconds: float = 240, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `handrail` as an operator would, and wait for it."""
    return subprocess.run(
        [sys.executable, "-m", "handrail", *arguments, "--state", str(state)],
        env=without_own_settings() | dict(settings or {}),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """Servers of other people."""
    with Outside() as servers:
        yield servers


@pytest.fixture(scope="session")
def running_system(tmp_path_factory: pytest.TempPathFactory, outside: Outside) -> Iterator[StateFolder]:
    """A running Handrail with its demo clinic; the first start has performed the main job once."""
    state = tmp_path_factory.mktemp("system") / "state"
    texts = {
        "HANDRAIL_NOTIFICATIONS_SMS_URL": outside.url(MESSAGES),
        "HANDRAIL_NOTIFICATIONS_SMS_SENDER": SENDER,
    }
    started = handrail("up", "--detach", "--workers", "1", state=state, seconds=START_SECONDS, settings=texts)
    try:
        assert started.returncode == 0, started.stdout[-4000:] + started.stderr[-2000:]
        (state / "first_start.txt").write_text(started.stdout, encoding="utf-8")
        yield StateFolder(state)
    finally:
        handrail("down", state=state, seconds=60)


def process_id(state: StateFolder, name: str) -> int:
    """The process that `handrail status` names."""
    status = read_status(state.status_file)
    assert status is not None
    (found,) = [one for one in status["processes"] if one["name"] == name]
    assert found["pid"]
    return int(found["pid"])
