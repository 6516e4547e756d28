"""The review over HTTP and on PostgreSQL: approved once, by a second person, and never past the table's own check."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals import guard_double
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble

APPROVAL = {"decision": "approve", "reason": "fits_the_role", "words": "We have talked about it in supervision"}


async def proposed(network: Network, guard: GuardDouble) -> dict[str, Any]:
    guard.judge = guard_double.needs_review
    return await network.nurse.made("/tasks", network.task())


async def test_a_supervisor_approves_and_the_peer_has_it(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    task = await proposed(network, guard)
    assert (await network.peer.ask("GET", f"/tasks/{task['id']}")).status_code == 404
    path = f"/tasks/{task['id']}/review"
    for caller, status in ((network.nurse, 403), (network.peer, 403)):
        assert (await caller.ask("POST", path, APPROVAL, version=1)).status_code == status
    answer = await network.supervisor.ask("POST", path, APPROVAL, version=1)
    assert (answer.status_code, answer.json()["status"]) == (200, "assigned")
    assert answer.json()["decision"]["decision_id"] == task["decision"]["decision_id"]
    assert (await network.peer.ask("GET", f"/tasks/{task['id']}")).json()["approved_by_worker_id"]
    steps = (await network.supervisor.ask("GET", f"/tasks/{task['id']}/history")).json()["items"]
    assert (steps[-1]["command"], steps[-1]["note"]) == ("approve", APPROVAL["words"])
    events = await stored(referrals_database, "SELECT type FROM outbox WHERE type LIKE 'task.%' ORDER BY recorded_at")
    assert [row["type"] for row in events] == ["task.proposed", "task.assigned"]


async def test_two_decisions_at_once_are_one(network: Network, guard: GuardDouble) -> None:
    task = await proposed(network, guard)
    decline = {"decision": "decline", "reason": "out_of_scope", "words": "This belongs to nursing"}
    answers = await asyncio.gather(
        *(
            network.supervisor.ask("POST", f"/tasks/{task['id']}/review", body, version=1)
            for body in (APPROVAL, decline, APPROVAL)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


@pytest.mark.parametrize("body", [{"decision": "approve", "reason": "fits_the_role"}, APPROVAL | {"words": "  "}])
async def test_a_decision_without_words_is_no_decision(
    network: Network, guard: GuardDouble, body: dict[str, str]
) -> None:
    task = await proposed(network, guard)
    answer = await network.supervisor.ask("POST", f"/tasks/{task['id']}/review", body, version=1)
    assert answer.status_code == 422


async def test_the_table_itself_takes_no_assignment_without_the_second_person(
    network: Network, guard: GuardDouble, referrals_database: ServiceDatabase
) -> None:
    task = await proposed(network, guard)
    assigned = f"UPDATE tasks SET status = 'assigned', assigned_at = now() WHERE id = '{task['id']}'"
    with pytest.raises(asyncpg.CheckViolationError, match="assigned_only_by_decision"):
        await stored(referrals_database, assigned)
    by_the_nurse = assigned.replace("WHERE", f", approved_by_worker_id = '{network.nurse_id}' WHERE")
    with pytest.raises(asyncpg.CheckViolationError, match="approved_by_a_second_person"):
        await stored(referrals_database, by_the_nurse)
