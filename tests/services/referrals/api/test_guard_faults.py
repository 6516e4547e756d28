"""The guard fails in each of the ways it can: nothing is assigned, nothing is denied, and the caller is told when to ask."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI

from services.referrals.main import worker_parts
from services.referrals.settings import ReferralsSettings
from services.referrals.worker.tasks import sweep_due
from shared.clock import FixedClock
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals import guard_double
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble

LATER = 60
"""Seconds after which everything undecided is due."""

FAULTS = ["down", "slow", "hung", "500", "garbage", "trickle", "lost", "refused", "another_request", "another_question"]


async def fail(guard: GuardDouble, fault: str) -> None:
    """Make the guard fail."""
    if fault == "down":
        await guard.stop()
    elif fault in ("another_request", "another_question"):
        guard.judge = getattr(guard_double, fault)
    else:
        guard.fault = fault


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_leaves_the_task_undecided(
    fault: str, network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    await fail(guard, fault)
    asking = asyncio.create_task(network.nurse.ask("POST", "/tasks", network.task(), key="once"))
    answer = await asyncio.wait_for(asking, 5)
    assert fault == "down" or guard.asked, "the fault must have been met"
    if fault == "slow":
        guard.released.set()  # too late: the caller has had their answer
    body = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "5"
    assert body["retry_after_seconds"] == 5
    assert (body["status"], body["scope"], body["decision"]) == ("proposed", "undecided", None)
    (row,) = await stored(
        referrals_database,
        "SELECT status, assigned_at, decision_id, verdict, ask_again_at, undecided_because FROM tasks",
    )
    assert row["status"] == "proposed"
    assert (row["assigned_at"], row["decision_id"], row["verdict"]) == (None, None, None)
    assert row["ask_again_at"] is not None
    assert row["undecided_because"]
    events = await stored(referrals_database, "SELECT type FROM outbox WHERE type LIKE 'task.%'")
    assert [event["type"] for event in events] == ["task.proposed"]


async def test_after_the_fault_the_sweep_assigns(
    network: Network, guard: GuardDouble, app: FastAPI, settings: ReferralsSettings, referrals_database: ServiceDatabase
) -> None:
    guard.fault = "500"
    task = await network.nurse.made("/tasks", network.task())
    guard.fault = None
    assert await swept(app, settings) == 1
    now = (await network.peer.ask("GET", f"/tasks/{task['id']}")).json()
    assert (now["status"], now["version"], now["scope"]) == ("assigned", 2, "decided")
    history = (await network.nurse.ask("GET", f"/tasks/{task['id']}/history")).json()["items"]
    assert [(step["version"], step["command"]) for step in history] == [(1, "propose"), (2, "assign")]
    assert history[1]["by_worker_id"] is None
    events = await stored(referrals_database, "SELECT type FROM outbox WHERE type LIKE 'task.%' ORDER BY event_id")
    assert [event["type"] for event in events] == ["task.proposed", "task.assigned"]


async def test_a_lost_refusal_is_found_again_and_leaves_one_boundary_event(
    network: Network, guard: GuardDouble, app: FastAPI, settings: ReferralsSettings, referrals_database: ServiceDatabase
) -> None:
    guard.judge, guard.fault = guard_double.out_of_scope, "lost"
    task = await network.nurse.made("/tasks", network.task())
    assert await swept(app, settings) == 0
    guard.fault = None
    assert await swept(app, settings, later=2 * LATER) == 1
    now = (await network.nurse.ask("GET", f"/tasks/{task['id']}")).json()
    assert (now["status"], now["status_reason"], now["assigned_at"]) == ("cancelled", "out_of_scope", None)
    assert guard.boundary_events == 1
    assert len({question.request_id for question in guard.asked}) == 1
    events = await stored(referrals_database, "SELECT type FROM outbox WHERE type LIKE 'task.%' ORDER BY event_id")
    assert [event["type"] for event in events] == ["task.proposed", "task.refused"]
    assert (await network.peer.ask("GET", f"/tasks/{task['id']}")).status_code == 404


async def test_facts_that_changed_meanwhile_are_judged_anew(
    network: Network, guard: GuardDouble, app: FastAPI, settings: ReferralsSettings
) -> None:
    guard.fault = "500"
    task = await network.nurse.made("/tasks", network.task())
    guard.fault = None
    change = {"practice_role": "support_staff"}
    await network.administrator.ask("PATCH", f"/workers/{network.peer_id}", change, version=1)

    def judge(question: guard_double.DecideRequest) -> guard_double.Decision:
        if question.facts.practice_role == "support_staff":
            return guard_double.needs_review(question)
        return guard_double.within_scope(question)

    guard.judge = judge
    assert await swept(app, settings) == 1
    now = (await network.nurse.ask("GET", f"/tasks/{task['id']}")).json()
    assert (now["status"], now["decision"]["verdict"]) == ("proposed", "needs_review")


async def test_a_worker_who_left_meanwhile_is_not_assigned(
    network: Network, guard: GuardDouble, app: FastAPI, settings: ReferralsSettings
) -> None:
    guard.fault = "500"
    task = await network.nurse.made("/tasks", network.task())
    guard.fault = None
    await network.administrator.ask("PATCH", f"/workers/{network.peer_id}", {"active": False}, version=1)
    assert await swept(app, settings) == 1
    now = (await network.nurse.ask("GET", f"/tasks/{task['id']}")).json()
    assert (now["status"], now["status_reason"]) == ("cancelled", "assignee_left")


async def test_a_task_taken_back_while_undecided_stays_taken_back(
    network: Network, guard: GuardDouble, app: FastAPI, settings: ReferralsSettings
) -> None:
    guard.fault = "500"
    task = await network.nurse.made("/tasks", network.task())
    guard.fault = "slow"
    sweeping = asyncio.create_task(swept(app, settings, timeout=5))
    await asyncio.wait_for(guard.held.wait(), 5)
    path = f"/tasks/{task['id']}/cancel"
    assert (await network.nurse.ask("POST", path, {"reason": "duplicate"}, version=1)).status_code == 200
    guard.released.set()
    assert await sweeping == 0
    now = (await network.nurse.ask("GET", f"/tasks/{task['id']}")).json()
    assert (now["status"], now["version"]) == ("cancelled", 2)


async def test_two_sweeps_at_once_ask_each_question_once(
    network: Network, guard: GuardDouble, app: FastAPI, settings: ReferralsSettings
) -> None:
    guard.fault = "500"
    for _ in range(3):
        await network.nurse.made("/tasks", network.task())
    guard.fault = None
    guard.asked.clear()
    assert sum(await asyncio.gather(swept(app, settings), swept(app, settings))) == 3
    assert len(guard.asked) == 3


async def swept(app: FastAPI, settings: ReferralsSettings, *, timeout: float = 0.3, later: int = LATER) -> int:
    """One sweep, later than everything that was to be asked again."""
    resources = app.state.resources
    patient = settings.model_copy(update={"scope_guard_timeout_seconds": timeout})
    parts = worker_parts(patient, resources=resources)
    clock = FixedClock(resources.clock.now() + timedelta(seconds=later))
    return await sweep_due(replace(parts, clock=clock))
