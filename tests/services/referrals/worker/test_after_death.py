"""A source tells of a death: what is open about the person ends with the next sweep, on the real database, and only once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from services.referrals.main import worker_parts
from services.referrals.settings import ReferralsSettings
from services.referrals.use_cases.end_after_death import end_after_death
from services.referrals.worker.tasks import WorkerParts
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.referral_world import ReferralWorld


@pytest.fixture
def parts(app: FastAPI, settings: ReferralsSettings) -> WorkerParts:
    return worker_parts(settings, resources=app.state.resources)


async def swept(parts: WorkerParts) -> int:
    return await end_after_death(
        after_death=parts.after_death,
        works=parts.works,
        handoff_works=parts.handoff_works,
        referral_works=parts.referral_homes.works,
        clock=parts.clock,
    )


async def told(world: ReferralWorld, kind: str, **more: Any) -> None:
    body = {"kind": kind, "event_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()} | more
    answer = await world.network.administrator.ask("POST", "/transitions/source-events", body)
    assert answer.status_code == 200, answer.text


async def death_told(world: ReferralWorld, person: str, **more: Any) -> None:
    visit = {"source_key": "digest-of-visit-0001", "programme_id": world.network.programme_id, "person_id": person}
    await told(world, "died", **(visit | more))


def task_for(world: ReferralWorld, person: str | None) -> dict[str, Any]:
    about = {} if person is None else {"person_id": person}
    assigned = {"programme_id": world.network.programme_id, "assignee_worker_id": world.network.peer_id}
    return assigned | about | {"title": "Walk along"}


async def test_everything_open_about_the_person_ends_and_nothing_else(
    referral_world: ReferralWorld, parts: WorkerParts, referrals_database: ServiceDatabase
) -> None:
    world, nurse = referral_world, referral_world.nurse
    robin, given_up, alex = await world.person(), await world.person(), await world.person()
    theirs = [(await nurse.made("/tasks", task_for(world, one)))["id"] for one in (robin, given_up)]
    others = [(await nurse.made("/tasks", task_for(world, one)))["id"] for one in (alex, None)]
    referral = await world.referred(person_id=robin)
    by_hand = await nurse.made(
        "/transitions",
        {"person_id": robin, "programme_id": world.network.programme_id, "status": "discharged"},
    )
    assert await swept(parts) == 0
    await death_told(world, robin)
    await told(world, "people_joined", person_id=robin, merged_person_id=given_up)
    assert await swept(parts) == 4
    await death_told(world, robin)
    assert await swept(parts) == 0, "told again and swept again, nothing more happens"

    for one in theirs:
        task = (await nurse.ask("GET", f"/tasks/{one}")).json()
        assert (task["status"], task["status_reason"]) == ("cancelled", "person_died")
    for one in others:
        assert (await nurse.ask("GET", f"/tasks/{one}")).json()["status"] == "assigned"
    ended = await world.seen(referral["id"])
    assert (ended["status"], ended["status_reason"]) == ("cancelled", "person_died")
    transition = (await nurse.ask("GET", f"/transitions/{by_hand['id']}")).json()
    assert transition["handoff_state"] == "withdrawn"

    for person in (robin, given_up):
        refused = await nurse.ask("POST", "/tasks", task_for(world, person), key=f"after-{person}")
        assert (refused.status_code, "person_died" in refused.text) == (422, True), refused.text


async def test_a_death_that_was_another_persons_ends_nothing_more_and_revives_nothing(
    referral_world: ReferralWorld, parts: WorkerParts
) -> None:
    world, nurse = referral_world, referral_world.nurse
    robin, alex = await world.person(), await world.person()
    task = (await nurse.made("/tasks", task_for(world, robin)))["id"]
    await death_told(world, robin)
    assert await swept(parts) == 1
    corrected = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    await death_told(world, alex, event_at=corrected)
    assert await swept(parts) == 0
    assert (await nurse.ask("GET", f"/tasks/{task}")).json()["status"] == "cancelled"
    again = await nurse.made("/tasks", task_for(world, robin))
    assert again["status"] == "assigned", "for the living, somebody may ask anew"
    assert await swept(parts) == 0
