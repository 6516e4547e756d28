"""Steps of a task over HTTP: legal ones move it, all others leave it exactly as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.referrals.domain.task_states import MOVES, REASONS, TaskCommand, TaskStatus
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals import guard_double
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Caller, Network
from tests.services.referrals.guard_double import GuardDouble

PEOPLE_COMMANDS = [
    TaskCommand.START,
    TaskCommand.HOLD,
    TaskCommand.RESUME,
    TaskCommand.COMPLETE,
    TaskCommand.DECLINE,
    TaskCommand.FAIL,
    TaskCommand.CANCEL,
]
LEGAL = {(move.state, move.command): move for move in MOVES}
WAYS: dict[TaskStatus, list[TaskCommand]] = {
    TaskStatus.PROPOSED: [],
    TaskStatus.ASSIGNED: [],
    TaskStatus.IN_PROGRESS: [TaskCommand.START],
    TaskStatus.ON_HOLD: [TaskCommand.HOLD],
    TaskStatus.COMPLETED: [TaskCommand.COMPLETE],
    TaskStatus.DECLINED: [TaskCommand.DECLINE],
    TaskStatus.FAILED: [TaskCommand.FAIL],
    TaskStatus.CANCELLED: [TaskCommand.CANCEL],
}


def body_for(command: TaskCommand) -> dict[str, Any]:
    """A body that the command takes."""
    return {"reason": sorted(REASONS[command])[0]} if command in REASONS else {}


def who(network: Network, command: TaskCommand) -> Caller:
    """Somebody the command belongs to."""
    return network.nurse if command is TaskCommand.CANCEL else network.peer


async def task_in(network: Network, guard: GuardDouble, status: TaskStatus) -> dict[str, Any]:
    """A task that has come to this status by legal steps."""
    guard.judge = guard_double.needs_review if status is TaskStatus.PROPOSED else guard_double.within_scope
    task = await network.nurse.made("/tasks", network.task())
    for command in WAYS[status]:
        path = f"/tasks/{task['id']}/{command}"
        task = await who(network, command).made(path, body_for(command), version=task["version"])
    assert task["status"] == status
    return task


@pytest.mark.parametrize("status", list(TaskStatus))
async def test_every_step_from_every_state(
    status: TaskStatus, network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    for command in PEOPLE_COMMANDS:
        task = await task_in(network, guard, status)
        # a supervisor may know of every task, whichever state it is in
        caller = who(network, command)
        if status is TaskStatus.PROPOSED and command is not TaskCommand.CANCEL:
            caller = network.supervisor
        answer = await caller.ask("POST", f"/tasks/{task['id']}/{command}", body_for(command), version=task["version"])
        move = LEGAL.get((status, command))
        now = (await network.nurse.ask("GET", f"/tasks/{task['id']}")).json()
        steps = await stored(
            referrals_database,
            f"SELECT version, status FROM task_history WHERE task_id = '{task['id']}' ORDER BY version",
        )
        if move is None:
            assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
            assert now == {**task, "retry_after_seconds": None}
        else:
            assert answer.status_code == 200
            assert (now["status"], now["version"]) == (move.next, task["version"] + 1)
            assert answer.headers["ETag"] == f'"{now["version"]}"'
        assert (steps[-1]["version"], steps[-1]["status"]) == (now["version"], now["status"])
        assert len(steps) == now["version"]


async def test_steps_belong_to_somebody(network: Network) -> None:
    task = await network.nurse.made("/tasks", network.task())
    for caller, command in ((network.nurse, "start"), (network.supervisor, "complete"), (network.peer, "cancel")):
        body = {"reason": "other"} if command == "cancel" else {}
        answer = await caller.ask("POST", f"/tasks/{task['id']}/{command}", body, version=1)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")


@pytest.mark.parametrize(
    ("command", "body", "pointer", "code"),
    [
        ("decline", {}, "/reason", "missing"),
        ("decline", {"reason": "duplicate"}, "/reason", "reason_not_for_this_step"),
        ("decline", {"reason": "nonsense"}, "/reason", "enum"),
        ("start", {"reason": "other"}, "", "extra_forbidden"),
        ("start", {"occurred_at": "2199-01-01T00:00:00Z"}, "/occurred_at", "in_the_future"),
        ("start", {"occurred_at": "1999-01-01T00:00:00Z"}, "/occurred_at", "too_long_ago"),
        ("start", {"occurred_at": "2026-01-01T00:00:00"}, "/occurred_at", "timezone_aware"),
        ("start", {"note": ""}, "/note", "string_too_short"),
    ],
)
async def test_bodies_that_cannot_be_meant(
    command: str, body: dict[str, Any], pointer: str, code: str, network: Network
) -> None:
    task = await network.nurse.made("/tasks", network.task())
    answer = await network.peer.ask("POST", f"/tasks/{task['id']}/{command}", body, version=1)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]


async def test_late_entry_keeps_both_times(network: Network) -> None:
    task = await network.nurse.made("/tasks", network.task())
    happened = (datetime.now(UTC) - timedelta(hours=3)).replace(microsecond=0)
    body = {"occurred_at": happened.isoformat(), "note": "we met at the door"}
    await network.peer.made(f"/tasks/{task['id']}/start", body, version=1)
    step = (await network.nurse.ask("GET", f"/tasks/{task['id']}/history")).json()["items"][-1]
    assert datetime.fromisoformat(step["occurred_at"]) == happened
    assert datetime.fromisoformat(step["recorded_at"]) > happened + timedelta(hours=2)
    assert (step["note"], step["by_worker_id"]) == ("we met at the door", network.peer_id)


async def test_a_version_must_be_named_and_be_the_newest(network: Network, referrals_database: ServiceDatabase) -> None:
    task = await network.nurse.made("/tasks", network.task())
    path = f"/tasks/{task['id']}/start"
    assert (await network.peer.ask("POST", path, {})).status_code == 428
    assert (await network.peer.ask("POST", path, {}, headers={"If-Match": "7"})).status_code == 400
    assert (await network.peer.ask("POST", path, {}, version=9)).status_code == 412
    await network.peer.made(path, {}, version=1)
    stale = await network.peer.ask("POST", f"/tasks/{task['id']}/complete", {}, version=1)
    assert (stale.status_code, stale.json()["code"], stale.headers["ETag"]) == (412, "stale_version", '"2"')
    (row,) = await stored(referrals_database, "SELECT status, version FROM tasks")
    assert (row["status"], row["version"]) == ("in_progress", 2)


async def test_closing_is_told_once(network: Network, referrals_database: ServiceDatabase) -> None:
    task = await network.nurse.made("/tasks", network.task())
    await network.peer.made(f"/tasks/{task['id']}/start", {}, version=1)
    await network.peer.made(f"/tasks/{task['id']}/fail", {"reason": "could_not_reach"}, version=2)
    events = await stored(referrals_database, "SELECT type FROM outbox WHERE type LIKE 'task.%' ORDER BY event_id")
    assert [event["type"] for event in events] == ["task.assigned", "task.closed"]
