"""`handrail policy prove | lint | diff | test`."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handrail.cli import application
from services.scope_guard.adapters.policy_files import POLICY_FOLDER
from services.scope_guard.cli.policy import commands

RUN = CliRunner()
CASES = Path(__file__).resolve().parents[1] / "cases"


def test_policy_is_a_command_of_its_own() -> None:
    answer = RUN.invoke(application, ["policy", "--help"])
    assert answer.exit_code == 0
    for command in ("prove", "lint", "diff", "test"):
        assert f" {command} " in answer.output


def test_prove_names_every_promise_and_how_many_cases_it_saw() -> None:
    answer = RUN.invoke(commands, ["prove"])
    assert answer.exit_code == 0
    assert "no path lets a peer diagnose: holds (" in answer.output
    assert "DOES NOT HOLD" not in answer.output


def test_lint_passes_on_our_own_packs() -> None:
    assert RUN.invoke(commands, ["lint"]).exit_code == 0


def test_diff_with_oneself_is_empty_and_with_another_names_the_change(tmp_path: Path) -> None:
    assert json.loads(RUN.invoke(commands, ["diff", str(POLICY_FOLDER), "--json"]).stdout) == []
    other = tmp_path / "policy"
    shutil.copytree(POLICY_FOLDER, other)
    (other / "packs" / "virginia.yaml").unlink()
    said = RUN.invoke(commands, ["diff", str(other)]).stdout
    assert "peer_support_specialist, outreach_engagement, US-VA: needs_review -> within_scope\n" in said


def test_the_projects_own_tables_get_what_they_expect() -> None:
    answer = RUN.invoke(commands, ["test", str(CASES), "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)["misses"]) == (0, [])
    assert json.loads(answer.stdout)["cases"] >= 500


def test_a_miss_is_printed_with_the_rule_behind_it_and_fails(tmp_path: Path) -> None:
    table = tmp_path / "mine.yaml"
    table.write_text('- {within: "Diagnose her", refused: "Prescribe pills"}\n', encoding="utf-8")
    answer = RUN.invoke(commands, ["test", str(table)])
    assert answer.exit_code == 1
    assert answer.output == (
        "mine.yaml: 'Diagnose her': out_of_scope, expected within_scope (peer.no_diagnosis, peer.no_assessment)\n"
        "mine.yaml: 1 of 2 as expected\n"
    )


def test_the_role_is_whose_you_ask_for(tmp_path: Path) -> None:
    table = tmp_path / "mine.yaml"
    table.write_text('- {within: "Diagnose her"}\n', encoding="utf-8")
    assert RUN.invoke(commands, ["test", str(table), "--role", "psychiatrist"]).exit_code == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "- {}",
        "[]",
        '- {allowed: "Listen"}',
        '- {within: ""}',
        "- within: [1]",
        "{",
        "\x00",
        '- {within: "%s"}' % ("x" * 4001),
    ],
    ids=["empty", "empty row", "no row", "unknown kind", "no words", "no text", "no YAML", "NUL", "too long"],
)
def test_what_is_no_table_is_refused_by_name(content: str, tmp_path: Path) -> None:
    table = tmp_path / "broken.yaml"
    table.write_text(content, encoding="utf-8")
    answer = RUN.invoke(commands, ["test", str(table)])
    assert answer.exit_code == 2
    # the frame around a usage error breaks long paths anywhere
    assert "broken.yaml" in re.sub(r"[\s│]", "", answer.output)


def test_a_folder_without_a_table_is_no_success(tmp_path: Path) -> None:
    assert RUN.invoke(commands, ["test", str(tmp_path)]).exit_code == 2
    assert RUN.invoke(commands, ["test", str(tmp_path / "nowhere")]).exit_code == 2
