"""The command's surface: what is mounted, what is refused, and that help stays quick."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handrail.cli import application
from handrail.runtime.processes import exists
from handrail.runtime.secret_files import write_private
from handrail.runtime.spawning import PROJECT_ROOT
from handrail.runtime.state_folder import StateFolder
from handrail.service_commands import MOUNTED, load_settings


def test_help_names_every_command_and_loads_no_service() -> None:
    program = (
        "import sys\nfrom handrail.cli import application\n"
        "try:\n    application(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', sorted(name for name in sys.modules if name.startswith(('services.', 'sqlalchemy', 'celery'))))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True
    ).stdout
    said, _, loaded = said.rpartition("LOADED ")
    listed = {line.split()[1] for line in said.splitlines() if line.startswith("│ ") and line[2] != " "}
    packages = {
        module.rpartition(".")[0] for module, _, _ in MOUNTED.values()
    }  # looking for a module loads its package
    names = set(json.loads(loaded.replace("'", '"'))) - packages
    assert not [name for name in names if name.count(".") > 1 or "sql" in name]
    mounted = {command for command, (module, _, _) in MOUNTED.items() if exists(module)}
    assert listed - {"--help"} == {"up", "down", "status", "logs", "doctor", "migrate", "mail"} | mounted


def test_a_services_commands_are_called_by_its_name() -> None:
    answer = CliRunner().invoke(application, ["identity", "register-client", "--help"])
    assert answer.exit_code == 0
    assert "public-key" in answer.output


def test_an_unknown_profile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_PROFILE", "staging")
    answer = CliRunner().invoke(application, ["up", "--state", str(tmp_path / "state")])
    assert (answer.exit_code, "HANDRAIL_PROFILE is `staging`" in answer.output) == (1, True)
    assert not (tmp_path / "state").exists()


def test_an_unknown_log_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "beat.log").write_text("one\ntwo\nthree\n")
    runner = CliRunner()
    answer = runner.invoke(application, ["logs", "bead", "--state", str(tmp_path)])
    assert (answer.exit_code, "there are: beat" in answer.output) == (1, True)
    assert (
        runner.invoke(application, ["logs", "beat", "--lines", "2", "--state", str(tmp_path)]).output == "two\nthree\n"
    )


def test_nothing_running_is_said_and_is_not_success(tmp_path: Path) -> None:
    answer = CliRunner().invoke(application, ["status", "--state", str(tmp_path), "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)["phase"]) == (1, "stopped")


@pytest.mark.parametrize("already_set", [False, True])
def test_service_commands_get_the_last_starts_settings_unless_given(
    already_set: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "HANDRAIL_IDENTITY_DATABASE_URL"
    state = StateFolder(tmp_path)
    state.ensure()
    write_private(state.environment_file, json.dumps({"identity": {name: "stored"}}))
    monkeypatch.setenv(name, "given")
    if not already_set:
        monkeypatch.delenv(name)
    load_settings("identity", state=state)
    assert os.environ[name] == ("given" if already_set else "stored")


def test_migrating_without_a_database_says_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(application, ["migrate", "--state", str(tmp_path)])
    assert (answer.exit_code, "no database address for `identity`" in answer.output) == (1, True)
