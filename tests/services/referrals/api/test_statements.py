"""How many statements a request costs: counted, so that nobody adds one without noticing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from tests.services.referrals import guard_double
from tests.services.referrals.conftest import Network
from tests.services.referrals.guard_double import GuardDouble


@asynccontextmanager
async def statements(app: FastAPI) -> AsyncIterator[list[str]]:
    """What was sent to the database meanwhile (BEGIN and COMMIT are not counted)."""
    engine = app.state.resources.engine.sync_engine
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


async def test_assigning_costs_one_reading_and_one_writing(network: Network, app: FastAPI) -> None:
    async with statements(app) as sent:
        await network.nurse.made("/tasks", network.task(), key="k1")
    assert len(sent) == 2  # the facts with the key's answer; everything written, which is its own transaction
    assert sum("INSERT" in statement for statement in sent) == 1
    assert "tasks" in sent[-1]
    assert "task_history" in sent[-1]
    assert "outbox" in sent[-1]
    assert "idempotency_keys" in sent[-1]


async def test_what_is_asked_about_somebody_at_home_costs_no_more(network: Network, app: FastAPI) -> None:
    person = await network.nurse.made("/people", {"given_name": "Robin", "family_name": "Example"})
    async with statements(app) as sent:
        await network.nurse.made("/tasks", network.task(person_id=person["id"]), key="k1")
    assert len(sent) == 2


async def test_without_a_key_it_costs_less(network: Network, app: FastAPI) -> None:
    async with statements(app) as sent:
        await network.nurse.made("/tasks", network.task())
    assert len(sent) == 2


async def test_a_refusal_without_a_key_writes_nothing(network: Network, app: FastAPI, guard: GuardDouble) -> None:
    guard.judge = guard_double.out_of_scope
    async with statements(app) as sent:
        await network.nurse.ask("POST", "/tasks", network.task())
    assert not any("INSERT" in statement for statement in sent)


@pytest.mark.parametrize("path", ["/tasks", "/people", "/workers", "/programmes", "/organizations", "/teams"])
async def test_a_list_costs_the_same_however_long_it_is(path: str, network: Network, app: FastAPI) -> None:
    for _ in range(5):
        await network.nurse.made("/tasks", network.task())
    async with statements(app) as sent:
        assert (await network.nurse.ask("GET", path)).status_code == 200
    assert len(sent) == 2


async def test_a_step_stays_in_single_figures(network: Network, app: FastAPI) -> None:
    task = await network.nurse.made("/tasks", network.task())
    async with statements(app) as sent:
        await network.peer.made(f"/tasks/{task['id']}/complete", {}, version=1, key="k1")
    assert len(sent) == 6


async def test_a_new_record_stays_in_single_figures(network: Network, app: FastAPI) -> None:
    body = {"organization_id": network.organization_id, "display_name": "W", "practice_role": "nurse"}
    async with statements(app) as sent:
        await network.administrator.made("/workers", body, key="k1")
    assert len(sent) == 5
