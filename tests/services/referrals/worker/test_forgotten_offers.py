"""Notifications says nothing for long: offers lapse all the same, once, and a word that comes late changes nothing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from services.referrals.main import worker_parts
from services.referrals.settings import ReferralsSettings
from services.referrals.use_cases.lapse_forgotten_offers import GRACE
from services.referrals.worker.tasks import WorkerParts, sweep_due
from shared.clock import FixedClock
from shared.contracts.codes import Service
from shared.contracts.events import EventType
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.api.test_verdicts import stored
from tests.services.referrals.conftest import Caller
from tests.services.referrals.handoff_world import HandoffWorld, kinds
from tests.services.referrals.worker.test_handoff_handlers import exhausted, told


def at(instant: datetime, app: FastAPI, settings: ReferralsSettings) -> WorkerParts:
    """What a worker works with when it is `instant`."""
    return worker_parts(settings, resources=replace(app.state.resources, clock=FixedClock(instant)))


async def open_until(world: HandoffWorld, handoff_id: str) -> datetime:
    """When the open offer has to be answered."""
    handoff = await world.handoff(handoff_id)
    (respond_by,) = [offer["respond_by"] for offer in handoff["offers"] if offer["status"] == "open"]
    return datetime.fromisoformat(respond_by)


async def test_an_offer_without_word_lapses_after_a_generous_while(
    world: HandoffWorld, app: FastAPI, settings: ReferralsSettings, system_token_for: TokenFor
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    first, due = await world.offered_to(handoff_id), await open_until(world, handoff_id)
    await sweep_due(at(due + GRACE, app, settings))
    assert await world.offered_to(handoff_id) == first
    late = at(due + GRACE + timedelta(seconds=1), app, settings)
    await asyncio.gather(*(sweep_due(late) for _ in range(3)))
    handoff = await world.handoff(handoff_id)
    assert [offer["status"] for offer in handoff["offers"]] == ["unanswered", "open"]
    assert handoff["next"]["worker_id"] != first
    assert (kinds(handoff).count("unanswered"), kinds(handoff).count("signal_ignored")) == (1, 0)
    assert handoff["owner_worker_id"] == world.network.nurse_id

    token = system_token_for(Service.NOTIFICATIONS, audience=Service.REFERRALS)
    notifications = Caller(world.http, token, world.network.tenant_id)
    silence = exhausted(world, handoff_id, offer_number=1, worker_id=first)
    await told(notifications, app, settings, EventType.LADDER_EXHAUSTED, silence)
    after = await world.handoff(handoff_id)
    assert (after["version"], kinds(after).count("signal_ignored")) == (handoff["version"], 1)


async def test_it_ends_with_the_duty_owner_visible_and_then_rests(
    world: HandoffWorld, app: FastAPI, settings: ReferralsSettings
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    for _ in range(4):
        due = await open_until(world, handoff_id)
        await sweep_due(at(due + GRACE + timedelta(seconds=1), app, settings))
    handoff = await world.handoff(handoff_id)
    assert (handoff["state"], handoff["attention"]) == ("offered", "escalation_unanswered")
    assert handoff["offers"][-1]["kind"] == "supervisor_escalation"
    long_after = at(due + timedelta(days=400), app, settings)
    await sweep_due(long_after)
    timeline = kinds(await world.handoff(handoff_id))
    assert await sweep_due(long_after) == 0
    assert kinds(await world.handoff(handoff_id)) == timeline


async def test_what_somebody_accepted_stands(world: HandoffWorld, app: FastAPI, settings: ReferralsSettings) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    due = await open_until(world, handoff_id)
    await world.done(world.peer(await world.offered_to(handoff_id)), handoff_id, "accept")
    before = await world.handoff(handoff_id)
    await sweep_due(at(due + timedelta(days=1), app, settings))
    handoff = await world.handoff(handoff_id)
    assert (handoff["version"], handoff["state"], handoff["offers"]) == (
        before["version"],
        "accepted",
        before["offers"],
    )


async def test_one_that_cannot_be_moved_does_not_keep_the_others_waiting(
    world: HandoffWorld, app: FastAPI, settings: ReferralsSettings, referrals_database: ServiceDatabase
) -> None:
    stuck, other = (await world.discharged())["id"], (await world.discharged())["handoff_id"]
    statement = f"UPDATE transitions SET protocol_code = 'of_old' WHERE id = '{stuck}' RETURNING id"
    assert len(await stored(referrals_database, statement)) == 1
    await sweep_due(at(datetime.now(UTC) + timedelta(hours=3), app, settings))
    assert kinds(await world.handoff(other)).count("unanswered") == 1
