"""A peer is asked, and takes what was asked of a team, by a credential that counts there today, as in matching."""

from typing import Any

import pytest

from tests.services.referrals.api.test_known_elsewhere import away, back
from tests.services.referrals.referral_world import ReferralWorld

PAST = "2025-01-01"


async def lapses(world: ReferralWorld) -> None:
    await world.credential(world.peer_id, expires_on=PAST)


async def is_suspended(world: ReferralWorld) -> None:
    await world.credential(world.peer_id, suspended_on=PAST)


async def counts_elsewhere(world: ReferralWorld) -> None:
    await lapses(world)
    body = {"issuer": "Example Board", "number": "EX-OH", "jurisdiction": "US-OH", "stage": "full", "issued_on": PAST}
    await world.network.administrator.made(f"/workers/{world.peer_id}/credentials", body)


WITHOUT: list[Any] = [lapses, is_suspended, counts_elsewhere]


@pytest.mark.parametrize("how", WITHOUT)
async def test_nobody_takes_a_teams_referral_without_a_credential_that_counts(
    referral_world: ReferralWorld, how: Any
) -> None:
    world = referral_world
    waits = (await world.referred(recipient_team_id=world.team_id))["id"]
    await how(world)
    refused = await world.command(world.peer, waits, "accept")
    assert (refused.status_code, refused.json()["errors"]) == (422, [{"pointer": "", "code": "not_qualified"}])
    assert (await world.seen(waits))["version"] == 1
    assert (await world.done(world.other_peer, waits, "accept"))["recipient"]["worker_id"] == world.other_peer_id


async def test_whoever_was_named_takes_it_again_once_the_credential_counts(referral_world: ReferralWorld) -> None:
    world = referral_world
    waits = (await world.referred())["id"]
    await is_suspended(world)
    refused = await world.command(world.peer, waits, "accept")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_qualified")
    await world.credential(world.peer_id)
    assert (await world.done(world.peer, waits, "accept"))["status"] == "accepted"


async def test_by_name_a_lapsed_credential_reads_as_being_away(referral_world: ReferralWorld) -> None:
    """It is private to the peer (decision record 0010): whoever names them learns that they are not available."""
    world = referral_world
    wish = await world.wish()
    absence = await away(world.lead, world.peer_id)
    missing = await world.nurse.ask("POST", "/referrals", wish)
    assert missing.json()["errors"] == [{"pointer": "/recipient_worker_id", "code": "not_available"}]
    await back(world.lead, world.peer_id, absence)
    await lapses(world)
    lapsed = await world.nurse.ask("POST", "/referrals", wish)
    assert (lapsed.status_code, lapsed.content) == (422, missing.content)
    assert await world.listed(world.nurse) == []
