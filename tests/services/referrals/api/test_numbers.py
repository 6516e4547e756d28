"""Numbers over HTTP and on the real database: late entries move them, and what was known then stays asked for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from services.referrals.domain.measures import MeasureShelf
from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_source_events import stands
from tests.services.referrals.api.test_statements import statements
from tests.services.referrals.conftest import Caller
from tests.services.referrals.handoff_world import HandoffWorld

LEFT = datetime(2026, 3, 2, 20, tzinfo=UTC)
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
BORN = {"birth_date": "1986-03-01"}


async def asked(who: Caller, path: str, **params: Any) -> dict[str, Any]:
    answer = await who.ask("GET", path, params=MARCH | params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def left(world: HandoffWorld, at: datetime = LEFT, **changes: Any) -> dict[str, Any]:
    """Somebody whose leaving is entered late."""
    return await world.discharged(
        person_id=changes.pop("person_id", None) or await world.person(**BORN), occurred_at=at.isoformat(), **changes
    )


async def met(world: HandoffWorld, handoff_id: str, *, accepted: datetime, contacted: datetime) -> None:
    peer = world.peer(await world.offered_to(handoff_id))
    await world.done(peer, handoff_id, "accept", {"occurred_at": accepted.isoformat()})
    contact = {"how": "in_person", "outcome": "reached", "occurred_at": contacted.isoformat()}
    await world.done(peer, handoff_id, "first-contact", contact)


async def follow_up(who: Caller, **params: Any) -> dict[str, Any]:
    (fuh,) = (await asked(who, "/numbers/follow-up", **params))["measures"]
    return dict(fuh)


async def test_a_late_entry_moves_the_numbers_and_what_was_known_then_stays(world: HandoffWorld) -> None:
    handoff_id = (await left(world))["handoff_id"]
    before = datetime.now(UTC)
    await met(world, handoff_id, accepted=LEFT + timedelta(minutes=25), contacted=LEFT + timedelta(hours=20))
    now = await asked(world.supervisor, "/numbers/handoffs", programme_id=world.network.programme_id)
    numbers = now["numbers"]
    assert numbers["accepted"] == {"numerator": 1, "denominator": 1, "rate": 1.0, "withheld": False}
    assert (numbers["time_to_accept"]["median"], numbers["waited"]["p90"]) == (25, 20 * 60)
    assert (numbers["contacted_in_time"]["rate"], numbers["loop_closed"]["numerator"]) == (1.0, 0)
    assert (await follow_up(world.supervisor))["windows"]["day_7"]["share"]["numerator"] == 1
    then = {"as_of": before.isoformat()}
    old = (await asked(world.supervisor, "/numbers/handoffs", **then))["numbers"]
    assert (old["discharges"], old["accepted"]["numerator"]) == (1, 0)
    assert (await follow_up(world.supervisor, **then))["windows"]["day_7"]["share"]["numerator"] == 0
    earlier = await asked(world.supervisor, "/numbers/handoffs", as_of=(before - timedelta(hours=1)).isoformat())
    assert earlier["numbers"]["discharges"] == 0, "nobody knew of it yet"


async def test_a_discharge_taken_back_is_none_and_silence_is_told(
    world: HandoffWorld, referrals_database: ServiceDatabase
) -> None:
    begun = await left(world)
    silent = await left(world)
    reason = {"reason": "discharge_cancelled"}
    assert (await world.move(world.nurse, begun["id"], "retract", reason)).status_code == 200
    connection = await asyncpg.connect(referrals_database.owner_url)
    try:
        await connection.execute(
            "INSERT INTO handoff_facts (tenant_id, handoff_id, id, kind, version, occurred_at, recorded_at)"
            " VALUES ($1, $2, gen_random_uuid(), 'unanswered', 0, now(), now())",
            world.network.tenant_id,
            silent["handoff_id"],
        )
    finally:
        await connection.close()
    numbers = (await asked(world.supervisor, "/numbers/handoffs"))["numbers"]
    assert numbers["discharges"] == 1
    assert numbers["silent"] == {"numerator": 1, "denominator": 1, "rate": 1.0, "withheld": False}


async def test_only_the_last_discharge_counts_and_who_died_is_not_counted(world: HandoffWorld) -> None:
    twice = await world.person(**BORN)
    await left(world, person_id=twice, visit_reference="first")
    await left(world, LEFT + timedelta(days=9), person_id=twice, visit_reference="second")
    told = await world.person(**BORN)
    now = datetime.now(UTC)

    def ago(instant: datetime) -> float:
        return (now - instant) / timedelta(hours=1)

    await stands(world, "discharged", hours_ago=ago(LEFT), person_id=told, source_key="digest-of-visit-0001")
    await stands(
        world, "admitted", hours_ago=ago(LEFT + timedelta(days=4)), person_id=told, source_key="digest-of-visit-0002"
    )
    gone = await world.person(**BORN)
    await stands(world, "discharged", hours_ago=ago(LEFT), person_id=gone, source_key="digest-of-visit-0003")
    await stands(
        world, "died", hours_ago=ago(LEFT + timedelta(days=2)), person_id=gone, source_key="digest-of-visit-0003"
    )
    await left(world, person_id=await world.person())
    fuh = await follow_up(world.supervisor)
    counted = {reason: count for reason, count in fuh["excluded"].items() if count}
    assert counted == {"admitted_again": 2, "died": 1, "age_not_known": 1}
    assert (fuh["discharges"], fuh["windows"]["day_30"]["share"]["denominator"]) == (5, 1)


async def test_small_cells_are_withheld_from_who_only_sees_how_it_goes(world: HandoffWorld) -> None:
    await left(world)
    shown = await asked(world.network.administrator, "/numbers/handoffs")
    assert (shown["numbers"]["discharges"], shown["numbers"]["accepted"]["withheld"]) == (None, True)
    assert (await follow_up(world.network.administrator))["discharges"] is None
    assert (await follow_up(world.nurse))["discharges"] == 1, "those who walk along may read every one of them anyway"


@pytest.fixture
def every_day(app: FastAPI) -> None:
    """Measures without an end of the year, so that a test of today holds on every day."""
    parts = app.state.number_parts
    latest = [one for one in parts.measures.measures if one.year == 2026]
    always = tuple(replace(one, index_from=date(2000, 1, 1), index_to=date(2099, 1, 1)) for one in latest)
    app.state.number_parts = replace(parts, measures=MeasureShelf(always))


@pytest.mark.usefixtures("every_day")
async def test_the_worklist_names_the_day_and_what_would_do(world: HandoffWorld) -> None:
    now = datetime.now(UTC)
    handoff_id = (await left(world, now - timedelta(days=3)))["handoff_id"]
    done = (await left(world, now - timedelta(days=3)))["handoff_id"]
    await met(world, done, accepted=now - timedelta(days=3), contacted=now - timedelta(days=1))
    soon = (now + timedelta(days=6)).date().isoformat()
    found = await asked(world.nurse, "/follow-up/at-risk", by=soon)
    (line,) = found["items"]
    assert (line["handoff_id"], line["measure"], line["window"]) == (handoff_id, "fuh", "day_7")
    listed = (await asked(world.nurse, "/handoffs"))["items"]
    handoff = next(one for one in listed if one["id"] == handoff_id)
    assert line["called"] is not None
    assert (line["called"], line["worker_id"]) == (handoff["called"], handoff["worker_id"])
    assert "peer_support_specialist" in line["roles"]
    assert line["channels"] == ["in_person", "phone", "video"]
    assert 3 <= (date.fromisoformat(line["last_day"]) - now.date()).days <= 4
    assert (await world.nurse.ask("GET", f"/handoffs/{line['handoff_id']}")).status_code == 200
    assert (await asked(world.nurse, "/follow-up/at-risk", by=now.date().isoformat()))["items"] == []


PATHS = ("/numbers/handoffs", "/numbers/follow-up", "/follow-up/at-risk")


@pytest.mark.parametrize("path", PATHS)
async def test_clinicians_count_their_own_programmes(path: str, world: HandoffWorld) -> None:
    other = await world.network.administrator.made("/organizations", {"name": "Elsewhere House"})
    body = {"organization_id": other["id"], "display_name": "Nurse Away Example", "practice_role": "nurse"}
    away = await world.network.administrator.made("/workers", body)
    stranger = world.caller(AccessRole.CLINICIAN, away["id"])
    programme = {"programme_id": world.network.programme_id}
    assert (await world.nurse.ask("GET", path, params=programme)).status_code == 200
    assert (await stranger.ask("GET", path, params=programme)).status_code == 404
    assert (await stranger.ask("GET", path)).status_code == 200
    assert (await world.peer(world.peers[0]).ask("GET", path)).status_code == 403
    assert (await world.caller(AccessRole.PRIVACY_OFFICER).ask("GET", path)).status_code == 403
    assert (await world.caller(AccessRole.CLINICIAN).ask("GET", path)).json()["code"] == "worker_required"


@pytest.mark.usefixtures("every_day")
async def test_nobody_elses_programme_is_in_the_sums(world: HandoffWorld) -> None:
    await left(world, datetime.now(UTC) - timedelta(days=3))
    other = await world.network.administrator.made("/organizations", {"name": "Elsewhere House"})
    body = {"organization_id": other["id"], "display_name": "Nurse Away Example", "practice_role": "nurse"}
    stranger = world.caller(AccessRole.CLINICIAN, (await world.network.administrator.made("/workers", body))["id"])
    far = {"by": "2099-01-01"}
    assert (await stranger.ask("GET", "/follow-up/at-risk", params=far)).json()["items"] == []
    assert len((await world.nurse.ask("GET", "/follow-up/at-risk", params=far)).json()["items"]) == 2
    assert (await stranger.ask("GET", "/numbers/handoffs")).json()["numbers"]["discharges"] == 0


@pytest.mark.parametrize(
    ("params", "pointer", "code"),
    [
        ({"from": "2026-03-31", "to": "2026-03-01"}, "/to", "ends_before_it_begins"),
        ({"from": "2024-03-31", "to": "2026-03-01"}, "/from", "longer_than_a_year"),
        ({"as_of": "2099-01-01T00:00:00Z"}, "/as_of", "in_the_future"),
    ],
)
async def test_a_period_that_cannot_be_meant(
    params: dict[str, str], pointer: str, code: str, world: HandoffWorld
) -> None:
    answer = await world.supervisor.ask("GET", "/numbers/handoffs", params=params)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": pointer, "code": code}])


async def test_numbers_cost_the_same_however_many_there_are(world: HandoffWorld, app: FastAPI) -> None:
    for _ in range(3):
        await left(world)
    async with statements(app) as sent:
        await asked(world.supervisor, "/numbers/handoffs")
    assert len(sent) == 4, "the tenant, the programmes, the discharges, the shifts"
