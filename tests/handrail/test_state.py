"""The state folder: its modes, its stamp, its lock."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.runtime import state_lock
from handrail.runtime.spawning import PROJECT_ROOT
from handrail.runtime.state_folder import OtherVersionError, StateFolder


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path / "state")
    made.ensure()
    return made


def test_secrets_stay_the_same_and_are_private(state: StateFolder) -> None:
    first = state.secret("valkey.password")
    assert state.secret("valkey.password") == first
    assert state.secret("postgres.password") != first
    assert (state.secrets / "valkey.password").stat().st_mode & 0o777 == 0o600
    assert state.secrets.stat().st_mode & 0o777 == 0o700
    assert state.open_secrets() == ()


def test_an_opened_secret_is_found(state: StateFolder) -> None:
    state.secret("valkey.password")
    (state.secrets / "valkey.password").chmod(0o644)
    assert state.open_secrets() == (state.secrets / "valkey.password",)


@pytest.mark.parametrize(("field", "words"), [("layout", "has layout 99"), ("postgres", "PostgreSQL 99")])
def test_a_folder_of_another_version_is_refused(state: StateFolder, field: str, words: str) -> None:
    stamp = state.root / "version.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), field: 99}))
    with pytest.raises(OtherVersionError, match=words):
        state.ensure()


def test_a_second_supervisor_is_refused_with_the_first_ones_number(state: StateFolder) -> None:
    with state_lock.held(state.lock_file):
        assert state_lock.holder(state.lock_file) == os.getpid()
        with (
            pytest.raises(state_lock.AlreadyRunningError, match=f"process {os.getpid()}"),
            state_lock.held(state.lock_file),
        ):
            pass
    assert state_lock.holder(state.lock_file) is None
    assert state_lock.left_behind(state.lock_file) is None


def test_a_lock_left_by_a_killed_process_is_stale_and_may_be_taken(state: StateFolder) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom handrail.runtime.state_lock import held\n"
        "with held(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(state.lock_file)], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    assert state_lock.holder(state.lock_file) == other.pid
    other.kill()
    other.wait()
    other.stdout.close()
    assert state_lock.holder(state.lock_file) is None
    assert state_lock.left_behind(state.lock_file) == other.pid
    with state_lock.held(state.lock_file):
        assert state_lock.holder(state.lock_file) == os.getpid()
