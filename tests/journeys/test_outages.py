"""Somebody pulls a plug in the middle of a journey: it ends late, with nothing lost and nothing twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psutil
import pytest

from handrail.demo.api import Api, addresses_of
from handrail.demo.loading import read_registry
from handrail.demo.network import load_network
from handrail.demo.stage import NOTIFICATIONS, REFERRALS, Stage
from handrail.demo.story import Story
from handrail.runtime.process_states import read_status
from handrail.runtime.state_folder import StateFolder
from tests.journeys.conftest import process_id

pytestmark = pytest.mark.slow

OUTAGE_SECONDS = 60
PATIENCE_SECONDS = 90


@pytest.fixture
async def stage(running_system: StateFolder) -> AsyncIterator[Stage]:
    """The demo network in the running system, loaded at its first start."""
    registry = read_registry(running_system)
    assert registry is not None
    async with Api(addresses=addresses_of(running_system)) as api:
        story = Story(say=lambda _: None)
        yield Stage(story=story, api=api, network=load_network(), registry=registry, state=running_system)


async def eventually(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """Wait for a condition; the deadline is generous, because the machine may be busy."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await look()):  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.2)
    assert found, what
    return found


async def discharge(stage: Stage) -> tuple[str, str]:
    """A person of the community programme goes home now; handoff and the worker who is asked."""
    sender = await stage.visitor("mika")
    body = {
        "person_id": await stage.new_person(sender),
        "programme_id": stage.registry.programmes["community"],
        "status": "discharged",
    }
    begun = (await sender.ask(REFERRALS, "POST", "/transitions", body=body)).body
    handoff = (await sender.get(REFERRALS, f"/handoffs/{begun['handoff_id']}")).body
    return begun["handoff_id"], handoff["offers"][-1]["worker_id"]


async def visible_items(stage: Stage, *, worker_id: str, handoff_id: str) -> list[dict[str, Any]]:
    """The worker's open items about a handoff, as the worker sees them."""
    peer = await stage.visitor_by_id(worker_id)
    items = await peer.every(NOTIFICATIONS, "/inbox?state=open")
    return [item for item in items if item["subject_id"] == handoff_id]


async def shown_once(stage: Stage, *, worker_id: str, handoff_id: str) -> None:
    async def shown() -> bool:
        return len(await visible_items(stage, worker_id=worker_id, handoff_id=handoff_id)) >= 1

    await eventually(shown, "the item becomes visible")
    assert len(await visible_items(stage, worker_id=worker_id, handoff_id=handoff_id)) == 1


async def test_valkey_is_away_for_a_minute_and_every_discharge_still_arrives_once(stage: Stage) -> None:
    valkey = process_id(stage.state, "valkey")
    os.kill(valkey, signal.SIGSTOP)
    begun = asyncio.get_running_loop().time()
    try:
        # writes go on while the broker does not answer
        asked = [await discharge(stage) for _ in range(5)]
        # not waiting for anything to happen: a minute without a broker is what this test is about
        await asyncio.sleep(OUTAGE_SECONDS - (asyncio.get_running_loop().time() - begun))
    finally:
        os.kill(valkey, signal.SIGCONT)
    for handoff_id, worker_id in asked:
        await shown_once(stage, worker_id=worker_id, handoff_id=handoff_id)


async def test_valkey_is_killed_and_comes_back_empty_or_not(stage: Stage) -> None:
    before = process_id(stage.state, "valkey")
    os.kill(before, signal.SIGKILL)
    asked = [await discharge(stage) for _ in range(3)]

    async def restarted() -> bool:
        return process_id_or_none(stage.state, "valkey") not in (None, before)

    await eventually(restarted, "the supervisor starts valkey again")
    for handoff_id, worker_id in asked:
        await shown_once(stage, worker_id=worker_id, handoff_id=handoff_id)


@pytest.mark.parametrize("worker", ["referrals-worker", "notifications-worker"])
async def test_a_worker_is_killed_with_its_children_and_nothing_is_lost_or_shown_twice(
    stage: Stage, worker: str
) -> None:
    parent = psutil.Process(process_id(stage.state, worker))
    asked = [await discharge(stage) for _ in range(3)]
    for process in [*parent.children(recursive=True), parent]:
        process.kill()
    asked += [await discharge(stage) for _ in range(3)]
    for handoff_id, worker_id in asked:
        await shown_once(stage, worker_id=worker_id, handoff_id=handoff_id)


async def test_the_beat_is_killed_and_the_sweeps_go_on(stage: Stage) -> None:
    before = process_id(stage.state, "beat")
    os.kill(before, signal.SIGKILL)

    async def restarted() -> bool:
        return process_id_or_none(stage.state, "beat") not in (None, before)

    await eventually(restarted, "the supervisor starts the beat again")
    handoff_id, worker_id = await discharge(stage)
    await shown_once(stage, worker_id=worker_id, handoff_id=handoff_id)


async def test_an_api_is_killed_and_what_it_had_answered_is_still_true(stage: Stage) -> None:
    handoff_id, worker_id = await discharge(stage)
    before = process_id(stage.state, "referrals-api")
    os.kill(before, signal.SIGKILL)

    async def answers() -> bool:
        if process_id_or_none(stage.state, "referrals-api") in (None, before):
            return False
        try:
            reading = await (await stage.visitor("mika")).get(REFERRALS, f"/handoffs/{handoff_id}")
        except OSError:
            return False
        return reading.status == 200

    await eventually(answers, "the API is back and knows the handoff")
    await shown_once(stage, worker_id=worker_id, handoff_id=handoff_id)


def process_id_or_none(state: StateFolder, name: str) -> int | None:
    """The process's id while it stands as ready."""
    status = read_status(state.status_file)
    ready = [
        one["pid"] for one in (status or {}).get("processes", []) if one["name"] == name and one["standing"] == "ready"
    ]
    return ready[0] if ready else None
