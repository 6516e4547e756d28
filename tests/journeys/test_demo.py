"""The demonstration that confirms itself, as a newcomer sees it: everything it says is read back by itself."""

import json
from pathlib import Path

from handrail.runtime.state_folder import StateFolder
from tests.journeys.conftest import handrail


def test_the_first_start_performs_the_main_job_and_prints_who_may_sign_in(running_system: StateFolder) -> None:
    told = (running_system.root / "first_start.txt").read_text(encoding="utf-8")
    assert "every effect was read back" in told
    assert "FAILED" not in told
    assert "rosa@harbor-valley.example" in told


def test_the_demo_can_be_performed_again_and_confirms_every_effect(running_system: StateFolder) -> None:
    done = handrail("demo", "run", "--json", state=running_system.root)
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(done.stdout)
    assert report["all_confirmed"] is True
    journeys = {step["journey"] for step in report["steps"]}
    assert journeys == {"warm handoff", "nobody answers", "tasks", "guard switched off"}
    assert all(step["confirmed"] and step["failed"] is None for step in report["steps"])


def test_statements_of_a_file_are_assigned_through_the_api(running_system: StateFolder, tmp_path: Path) -> None:
    statements = [
        {"id": "a", "text": "Listen to him over a cup of tea when he feels alone", "label": "in", "source": "x"},
        {"id": "b", "text": "Prescribe a higher dose of his antidepressant", "label": "out", "source": "x"},
        {"id": "c", "text": "Frobnicate the blue quarterly widget", "label": "conditional", "source": "x"},
    ]
    path = tmp_path / "statements.jsonl"
    path.write_text("\n".join(json.dumps(statement) for statement in statements), encoding="utf-8")
    done = handrail("demo", "run", "--json", "--tasks", str(path), state=running_system.root)
    assert done.returncode == 0, done.stderr[-4000:]
    counted = json.loads(done.stdout)
    assert counted["n"] == 3
    assert counted["by_label"]["in"]["assigned"] == 1
    assert counted["by_label"]["out"]["refused"] == 1
    assert counted["by_label"]["conditional"]["review"] == 1


def test_a_file_that_is_no_statements_is_refused_by_line(running_system: StateFolder, tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text('{"text": "x", "label": "in"}\nnot json\n', encoding="utf-8")
    done = handrail("demo", "run", "--tasks", str(path), state=running_system.root)
    assert done.returncode == 1
    assert "line 2" in done.stderr


def test_the_demo_says_when_nothing_runs(tmp_path: Path) -> None:
    done = handrail("demo", "run", state=tmp_path / "nowhere")
    assert done.returncode == 1
    assert "nothing runs" in done.stderr
