"""Every row of the table "What a verdict does", over HTTP, down to what is stored."""

import asyncpg
import pytest

from services.referrals.domain.task_states import TaskStatus
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals import guard_double
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble


async def stored(database: ServiceDatabase, query: str) -> list[asyncpg.Record]:
    """Rows, read past the application."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def test_within_scope_is_assigned(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    answer = await network.nurse.ask("POST", "/tasks", network.task())
    body = answer.json()
    assert (answer.status_code, body["status"], body["scope"]) == (201, "assigned", "decided")
    assert answer.headers["ETag"] == '"1"'
    assert "Retry-After" not in answer.headers
    (row,) = await stored(referrals_database, "SELECT status, decision_id, verdict, assigned_at FROM tasks")
    assert (row["status"], row["verdict"]) == ("assigned", "within_scope")
    assert str(row["decision_id"]) == body["decision"]["decision_id"]
    assert row["assigned_at"] is not None
    (step,) = await stored(referrals_database, "SELECT version, command, by_worker_id FROM task_history")
    assert (step["version"], step["command"], str(step["by_worker_id"])) == (1, "assign", network.nurse_id)
    events = await stored(referrals_database, "SELECT type, payload FROM outbox WHERE type LIKE 'task.%'")
    assert [row["type"] for row in events] == ["task.assigned"]
    assert "Robin" not in events[0]["payload"]
    assert len(guard.asked) == 1


async def test_the_guard_is_told_our_facts_and_no_name(network: Network, guard: GuardDouble) -> None:
    await network.nurse.made("/tasks", network.task())
    (question,) = guard.asked
    assert question.facts.practice_role == "peer_support_specialist"
    assert question.assigner_role == "nurse"
    assert question.facts.credential_state == "none"
    assert question.facts.supervision_state == "unknown"
    assert (question.facts.setting, question.facts.jurisdiction) == ("inpatient_psychiatric", "US-VA")
    assert set(question.facts.team_roles) == {"nurse", "peer_support_specialist", "peer_supervisor"}
    assert "Example" not in question.model_dump_json()


async def test_proven_conditions_assign_and_are_recorded(network: Network, guard: GuardDouble) -> None:
    guard.judge = guard_double.conditional(met=True)
    answer = await network.nurse.ask("POST", "/tasks", network.task(attested_conditions=["documentation_required"]))
    assert (answer.status_code, answer.json()["status"]) == (201, "assigned")
    assert answer.json()["decision"]["conditions"][0]["code"] == "documentation_required"
    assert guard.asked[0].facts.conditions_met == ("documentation_required",)


async def test_unmet_conditions_are_named_and_wait(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    guard.judge = guard_double.conditional(met=False)
    answer = await network.nurse.ask("POST", "/tasks", network.task())
    body = answer.json()
    assert (answer.status_code, body["status"]) == (202, "proposed")
    assert body["unmet_conditions"][0] == {
        "code": "documentation_required",
        "description": "the programme asks for it",
        "met": False,
    }
    assert body["review_due_at"] is not None
    assert "Retry-After" not in answer.headers
    events = await stored(referrals_database, "SELECT type FROM outbox WHERE type LIKE 'task.%'")
    assert [row["type"] for row in events] == ["task.proposed"]


@pytest.mark.parametrize("judge", [guard_double.needs_review, guard_double.without_condition])
async def test_review_waits_in_the_queue_with_a_deadline(
    judge: guard_double.Judge, network: Network, guard: GuardDouble
) -> None:
    guard.judge = judge
    answer = await network.nurse.ask("POST", "/tasks", network.task())
    assert (answer.status_code, answer.json()["status"]) == (202, "proposed")
    assert answer.json()["review_due_at"] is not None
    queue = (await network.supervisor.ask("GET", "/tasks", params={"status": "proposed"})).json()["items"]
    assert [task["id"] for task in queue] == [answer.json()["id"]]
    assert (await network.peer.ask("GET", "/tasks")).json()["items"] == []
    assert (await network.peer.ask("GET", f"/tasks/{answer.json()['id']}")).status_code == 404


async def test_out_of_scope_is_not_stored_and_shows_a_way_forward(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    guard.judge = guard_double.out_of_scope
    answer = await network.nurse.ask("POST", "/tasks", network.task(title="Manage the medication"))
    body = answer.json()
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["code"] == "out_of_scope"
    assert body["rule_id"] == "peer.medication.manage"
    assert body["detail"] == "managing medication belongs to nursing"
    assert body["source"] == {"document": "004", "section": "3.2"}
    assert body["who_may"] == ["nurse"]
    assert body["alternative"]["activity"] == "medication_conversation"
    assert body["split"][0]["verdict"] == "within_scope"
    assert "Manage the medication" not in answer.text
    for table in ("tasks", "task_history"):
        assert await stored(referrals_database, f"SELECT 1 FROM {table}") == []
    assert await stored(referrals_database, "SELECT 1 FROM outbox WHERE type LIKE 'task.%'") == []
    assert guard.boundary_events == 1


async def test_the_caller_cannot_say_which_role_is_judged(network: Network, guard: GuardDouble) -> None:
    answer = await network.nurse.ask("POST", "/tasks", network.task(practice_role="nurse"))
    assert answer.status_code == 422
    assert guard.asked == []


async def test_the_database_itself_refuses_an_assignment_without_a_decision(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    guard.judge = guard_double.needs_review
    await network.nurse.made("/tasks", network.task())
    with pytest.raises(asyncpg.CheckViolationError):
        await stored(referrals_database, f"UPDATE tasks SET status = '{TaskStatus.ASSIGNED}' RETURNING 1")


async def test_history_cannot_be_rewritten(network: Network, referrals_database: ServiceDatabase) -> None:
    await network.nurse.made("/tasks", network.task())
    for statement in ("UPDATE task_history SET note = 'other'", "DELETE FROM task_history"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await stored(referrals_database, f"{statement} RETURNING 1")
