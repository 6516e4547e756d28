"""Who may know of a referral: parties only, decided in the query."""

from shared.contracts.codes import AccessRole
from tests.services.referrals.referral_world import ReferralWorld


async def test_only_parties_know_of_it(referral_world: ReferralWorld) -> None:
    world = referral_world
    direct = await world.referred()
    third = await world.network.administrator.made("/organizations", {"name": "Elsewhere"})
    outsider = await world.worker("Ola Example", "nurse", third["id"])
    know = [world.nurse, world.psychiatrist, world.network.supervisor, world.peer, world.lead]
    for caller in (*know, world.network.administrator):
        assert (await world.seen(direct["id"], caller))["id"] == direct["id"]
        assert await world.listed(caller) == [direct["id"]]
    dont = [world.other_peer, world.network.peer, world.caller(AccessRole.CLINICIAN, outsider)]
    for caller in dont:
        for path in (f"/referrals/{direct['id']}",):
            assert (await caller.ask("GET", path)).status_code == 404
        refused = await world.command(caller, direct["id"], "accept", version=1)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
        assert await world.listed(caller) == []
        feedback = await caller.ask("POST", f"/referrals/{direct['id']}/feedback", {"text": "hello"})
        assert feedback.status_code == 404


async def test_another_tenant_knows_nothing(referral_world: ReferralWorld, build_network: object) -> None:
    world = referral_world
    made = await world.referred()
    other = await build_network()  # type: ignore[operator]
    for caller in (other.nurse, other.administrator):
        assert (await caller.ask("GET", f"/referrals/{made['id']}")).status_code == 404
        assert (await world.listed(caller)) == []
        refused = await caller.ask("POST", f"/referrals/{made['id']}/cancel", {"reason": "duplicate"}, version=1)
        assert refused.status_code == 404
    wish = await world.wish(programme_id=other.programme_id)
    crossed = await world.nurse.ask("POST", "/referrals", wish)
    assert (crossed.status_code, crossed.json()["errors"][0]["pointer"]) == (404, "/programme_id")


async def test_a_peer_who_has_taken_it_may_read_the_person_and_loses_that_with_the_end(
    referral_world: ReferralWorld,
) -> None:
    world = referral_world
    person = await world.person()
    made = await world.referred(person_id=person)
    path = f"/people/{person}"
    assert (await world.peer.ask("GET", path)).status_code == 404
    await world.done(world.peer, made["id"], "accept")
    assert (await world.peer.ask("GET", path)).status_code == 200
    await world.done(world.peer, made["id"], "complete", {"closing_word": "got_help"})
    assert (await world.peer.ask("GET", path)).status_code == 404


async def test_a_huddle_is_the_teams_own(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    for caller in (world.peer, world.lead):
        huddle = (await caller.ask("GET", f"/teams/{world.team_id}/huddle")).json()
        assert ([line["id"] for line in huddle["items"]], huddle["more"]) == ([made["id"]], False)
    for caller in (world.nurse, world.network.peer):
        assert (await caller.ask("GET", f"/teams/{world.team_id}/huddle")).status_code == 404
    await world.done(world.peer, made["id"], "reject", {"reason": "no_capacity", "what_next": "nothing"})
    assert (await world.peer.ask("GET", f"/teams/{world.team_id}/huddle")).json()["items"] == []
