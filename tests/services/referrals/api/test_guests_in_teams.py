"""A team may have somebody of another house in it, or be of another house than who was asked: names stay in the asking house."""

from tests.services.referrals.referral_world import ReferralWorld

GIVEN = "Wilhelmina"


async def asked_of_the_clinics_team(world: ReferralWorld) -> tuple[str, str]:
    """The clinic's nurse asks the clinic's own team, in which a peer of the partner sits as a guest."""
    team = await world.team("Clinic with a guest", world.network.organization_id, world.network.peer_id, world.peer_id)
    person = await world.person(agreed=False, given_name=GIVEN)
    made = await world.referred(person_id=person, recipient_team_id=team, text=f"Walk with {GIVEN}")
    return str(made["id"]), team


async def test_a_guest_in_a_team_is_not_told_who_it_is(referral_world: ReferralWorld) -> None:
    world = referral_world
    referral, team = await asked_of_the_clinics_team(world)
    for path in (f"/referrals/{referral}", "/referrals", f"/teams/{team}/huddle", f"/referrals?team_id={team}"):
        answer = await world.peer.ask("GET", path)
        assert (answer.status_code, GIVEN in answer.text) == (200, False), path
        assert GIVEN in (await world.network.peer.ask("GET", path)).text, "a colleague of the house needs no paper"
    await world.done(world.peer, referral, "accept")
    assert GIVEN not in (await world.peer.ask("GET", f"/referrals/{referral}")).text
    assert GIVEN not in (await world.peer.ask("GET", "/people")).text


async def test_a_team_of_another_house_does_not_open_what_one_worker_was_asked(referral_world: ReferralWorld) -> None:
    world = referral_world
    person = await world.person(agreed=False, given_name=GIVEN)
    both = {"recipient_worker_id": world.network.peer_id, "recipient_team_id": world.team_id}
    made = await world.referred(person_id=person, **both)
    for caller in (world.lead, world.other_peer):
        for path in (f"/teams/{world.team_id}/huddle", "/referrals", f"/referrals/{made['id']}"):
            assert GIVEN not in (await caller.ask("GET", path)).text, path
    assert GIVEN in (await world.network.peer.ask("GET", f"/referrals/{made['id']}")).text
