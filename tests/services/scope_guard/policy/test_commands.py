"""`handrail scope ...`: check, evaluate, document."""

import json
from pathlib import Path

from typer.testing import CliRunner

from services.scope_guard.adapters.policy_files import POLICY_FOLDER, load_rulebook
from services.scope_guard.cli.judging import commands
from services.scope_guard.use_cases.scope_document import DOCUMENT_PATH, scope_document
from shared.contracts.scope import Verdict

RUN = CliRunner()
ROOT = Path(__file__).resolve().parents[4]


def test_check_says_why_and_shows_the_way_forward() -> None:
    said = RUN.invoke(commands, ["check", "Diagnose her", "--json"])
    assert said.exit_code == 0
    answer = json.loads(said.stdout)
    assert answer["verdict"] == "out_of_scope"
    assert answer["alternative"]["activity"] == "appointment_preparation"
    plain = RUN.invoke(commands, ["check", "Diagnose her"]).stdout
    assert "outside the role" in plain
    assert "instead:" in plain


def test_check_knows_roles_and_refuses_endless_texts() -> None:
    assert json.loads(RUN.invoke(commands, ["check", "Diagnose her", "--role", "psychiatrist", "--json"]).stdout)[
        "verdict"
    ] == ("within_scope")
    assert RUN.invoke(commands, ["check", "x" * 4001]).exit_code == 2
    assert RUN.invoke(commands, ["check", "x", "--role", "wizard"]).exit_code == 2


def test_evaluate_has_the_promised_shape(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "Listen to people", "label": "in", "source": {"title": "One"}, "category": "a"},
        {"id": "2", "text": "Prescribe pills", "label": "out", "source": "Two"},
        {"id": "3", "text": "Drive a client home", "label": "conditional"},
    ]
    file = tmp_path / "statements.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    found = json.loads(RUN.invoke(commands, ["evaluate", str(file), "--json"]).stdout)
    assert found["n"] == 3
    assert set(found["by_label"]) == {"in", "out", "conditional"}
    for counts in found["by_label"].values():
        assert set(counts) == {verdict.value for verdict in Verdict}
    assert found["by_label"]["in"]["within_scope"] == 1
    assert found["by_label"]["out"]["out_of_scope"] == 1
    assert found["by_label"]["conditional"]["within_scope_with_conditions"] == 1
    assert set(found["latency_ms"]) == {"p50", "p95"}
    assert set(found["by_source"]) == {"One", "Two", ""}
    table = RUN.invoke(commands, ["evaluate", str(file)]).stdout
    assert "out of role, allowed: 0" in table


def test_evaluate_explains_its_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "statements.jsonl"
    file.write_text('{"id": "9", "text": "Listen to people", "label": "out"}\n', encoding="utf-8")
    found = json.loads(RUN.invoke(commands, ["evaluate", str(file), "--json"]).stdout)
    assert found["wrong_allows"][0]["id"] == "9"
    assert found["wrong_allows"][0]["rules"][0]["spans"]


def test_evaluate_refuses_what_is_not_labelled(tmp_path: Path) -> None:
    file = tmp_path / "statements.jsonl"
    file.write_text('{"id": "9", "text": "Listen", "label": "maybe"}\n', encoding="utf-8")
    assert RUN.invoke(commands, ["evaluate", str(file)]).exit_code == 2


def test_the_page_on_scope_of_practice_is_fresh() -> None:
    page = scope_document(load_rulebook(POLICY_FOLDER, version=""))
    assert (ROOT / DOCUMENT_PATH).read_text(encoding="utf-8") == page
