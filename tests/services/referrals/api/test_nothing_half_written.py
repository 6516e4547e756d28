"""Bad input to referrals, each kind once: refused plainly, and not one row of any table is other than before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from shared.clock import MAX_CLOCK_SKEW
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.referral_world import ReferralWorld

WRITTEN = (
    "referrals",
    "referral_parties",
    "referral_history",
    "referral_notes",
    "people",
    "outbox",
    "idempotency_keys",
)


async def everything(database: ServiceDatabase) -> list[list[str]]:
    """All rows of the tables that referring writes."""
    connection = await asyncpg.connect(database.runtime_url)
    try:
        return [
            [row[0] for row in await connection.fetch(f"SELECT t::text FROM {name} t ORDER BY 1")] for name in WRITTEN
        ]
    finally:
        await connection.close()


def ahead(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat()


async def asked(world: ReferralWorld) -> tuple[str, str]:
    """One that waits for the peer's answer, and one that was cancelled before there was any."""
    waiting, withdrawn = await world.referred(), await world.referred()
    await world.done(world.nurse, withdrawn["id"], "cancel", {"reason": "no_longer_needed"})
    return str(waiting["id"]), str(withdrawn["id"])


@pytest.mark.parametrize(
    ("command", "body", "version", "status", "code"),
    [
        ("accept", {}, 7, 412, "stale_version"),
        ("accept", {"occurred_at": ahead(MAX_CLOCK_SKEW + timedelta(hours=1))}, 1, 422, "in_the_future"),
        ("reject", {}, 1, 422, "invalid_request"),
        ("reject", {"reason": "cant_right_now"}, 1, 422, "missing"),
        ("complete", {"closing_word": "got_help"}, 1, 409, "illegal_move"),
    ],
)
async def test_a_step_that_cannot_be(
    referral_world: ReferralWorld,
    referrals_database: ServiceDatabase,
    command: str,
    body: dict[str, Any],
    version: int,
    status: int,
    code: str,
) -> None:
    world = referral_world
    waiting, withdrawn = await asked(world)
    before = await everything(referrals_database)
    refused = await world.command(world.peer, waiting, command, body, version=version, key="the-same-key")
    found = refused.json()
    assert (refused.status_code, code in (found["code"], *(one["code"] for one in found.get("errors", ())))) == (
        status,
        True,
    ), refused.text
    late = await world.command(world.peer, withdrawn, "accept", version=2)
    assert (late.status_code, late.json()["code"]) == (409, "no_longer_offered"), "after the withdrawal"
    assert await everything(referrals_database) == before


async def test_a_referral_that_cannot_be_made(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    world = referral_world
    wish = await world.wish()
    empty = await world.team("Nobody yet", world.partner_id)
    parent = await world.referred()
    await world.done(world.peer, parent["id"], "accept")
    about = {"programme_id": wish["programme_id"], "need": wish["need"], "person_id": parent["person_id"]}
    before = await everything(referrals_database)
    nobody = await world.nurse.ask(
        "POST", "/referrals", wish | {"recipient_worker_id": None, "recipient_team_id": empty}, key="a"
    )
    assert nobody.json()["errors"] == [{"pointer": "/recipient_team_id", "code": "nobody_qualified_in_team"}]
    circle = await world.peer.ask(
        "POST",
        f"/referrals/{parent['id']}/pass-on",
        about | {"kind": "clinical", "recipient_worker_id": world.network.nurse_id},
        key="b",
    )
    back = {"pointer": "/recipient_worker_id", "code": "cycle_of_intermediaries"}
    assert (circle.status_code, circle.json()["errors"]) == (422, [back])
    tomorrow = await world.nurse.ask("POST", "/referrals", wish | {"occurred_at": ahead(timedelta(days=1))}, key="c")
    assert tomorrow.json()["errors"] == [{"pointer": "/occurred_at", "code": "in_the_future"}]
    assert await everything(referrals_database) == before


async def test_a_clock_that_is_a_little_ahead_is_believed(referral_world: ReferralWorld) -> None:
    world = referral_world
    waiting = (await world.referred())["id"]
    await world.done(world.peer, waiting, "accept", {"occurred_at": ahead(MAX_CLOCK_SKEW / 2)})


async def test_two_people_with_one_name_and_birth_date_stay_two(referral_world: ReferralWorld) -> None:
    """Nobody is joined by likeness: only a source joins records. The one's referral is no duplicate of the other's."""
    world = referral_world
    twins = [await world.person(family_name="Example", birth_date="1990-05-05") for _ in range(2)]
    assert len(set(twins)) == 2
    programme = await world.programme("co_located", world.partner_id)
    made = [await world.referred(programme_id=programme, person_id=one) for one in twins]
    assert [one["duplicate_of"] for one in made] == [None, None]
    for one, referral in zip(twins, made, strict=True):
        assert await world.listed(world.nurse, person_id=one) == [referral["id"]]
    assert (await world.referred(programme_id=programme, person_id=twins[0]))["duplicate_of"] == made[0]["id"]
