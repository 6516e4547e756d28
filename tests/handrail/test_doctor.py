"""What the doctor finds, each beside the healthy case."""

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from handrail.cli import application
from handrail.runtime import doctor, state_lock
from handrail.runtime.doctor import Finding, examine
from handrail.runtime.process_states import ProcessState, Standing, write_status
from handrail.runtime.processes import Kind, ProcessDefinition
from handrail.runtime.state_folder import StateFolder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StateFolder:
    """A healthy folder; the table has one row whose port nobody uses, so that a running Handrail is no finding."""
    made = StateFolder(tmp_path / "state")
    made.ensure()
    monkeypatch.setattr(doctor, "taking_part", lambda *, demo: (_row(_unused_port()),))
    return made


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _row(port: int) -> ProcessDefinition:
    return ProcessDefinition(name="small-api", kind=Kind.API, port=port, pool=4)


def wrong(state: StateFolder) -> dict[str, Finding]:
    return {finding.code: finding for finding in examine(state) if finding.is_wrong}


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that somebody else holds."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_a_healthy_folder_has_no_findings(state: StateFolder) -> None:
    assert wrong(state) == {}


def test_a_taken_port(state: StateFolder, listener: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "taking_part", lambda *, demo: (_row(listener),))
    found = wrong(state)
    assert list(found) == ["port_taken"]
    assert f"port {listener}, which small-api wants, is taken" in found["port_taken"].as_text()


def test_little_room_on_the_disk(state: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(state.root)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=50 * 1024**2))
    found = wrong(state)
    assert list(found) == ["disk_low"]
    assert "only 50 MiB" in found["disk_low"].found


def test_a_stale_lock(state: StateFolder) -> None:
    state.lock_file.write_text("4194304\n")
    assert list(wrong(state)) == ["stale_lock"]


def test_data_of_another_version(state: StateFolder) -> None:
    stamp = state.root / "version.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "postgres": 17}))
    found = wrong(state)
    assert list(found) == ["other_version"]
    assert "dump it" in found["other_version"].mend


def test_an_opened_secret(state: StateFolder) -> None:
    state.secret("valkey.password")
    (state.secrets / "valkey.password").chmod(0o640)
    assert list(wrong(state)) == ["open_secrets"]


def test_a_process_that_is_not_ready(state: StateFolder) -> None:
    states = [
        ProcessState(name="small-api", standing=Standing.RESTARTING, restarts=3),
        ProcessState(name="other-api", standing=Standing.READY, address="127.0.0.1:1"),
    ]
    with state_lock.held(state.lock_file):
        holder = state_lock.holder(state.lock_file)
        assert holder is not None
        ports = {"other-api": _unused_port()}
        write_status(state.status_file, supervisor=holder, phase="ready", states=states, ports=ports)
        found = [finding.found for finding in examine(state) if finding.is_wrong]
    assert found == ["small-api is restarting (restarted 3 times)", "other-api runs and is not ready (no answer)"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url: url, ""),
        (lambda url: url.replace("//postgres:", "//nobody-knows:"), "refuses: InvalidPasswordError"),
        (lambda url: f"postgresql://a:b@127.0.0.1:{_unused_port()}/x", "does not answer"),
    ],
    ids=["right", "wrong role", "nobody there"],
)
def test_a_given_store(
    change: Callable[[str], str], words: str, state: StateFolder, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_POSTGRES_URL", change(postgres))
    found = wrong(state)
    assert list(found) == (["given_store"] if words else [])
    assert words in "".join(finding.found for finding in found.values())


def test_more_connections_than_the_server_gives(state: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.postgres, "MAX_CONNECTIONS", 13)
    found = wrong(state)
    assert list(found) == ["connections"]
    assert "small-api 1x4 + administration 10 = 14 of 13" in found["connections"].found


def _doctor(state: StateFolder, *more: str) -> Any:
    return CliRunner().invoke(application, ["doctor", "--state", str(state.root), *more])


def test_the_exit_code_says_whether_something_is_wrong(state: StateFolder) -> None:
    assert _doctor(state).exit_code == 0
    state.lock_file.write_text("4194304\n")
    result = _doctor(state, "--json")
    assert result.exit_code == 1
    assert [one["code"] for one in json.loads(result.stdout) if one["is_wrong"]] == ["stale_lock"]
