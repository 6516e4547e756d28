"""A team that has somebody together sees all that is open for them in one place, and nobody else does."""

from typing import Any

import pytest

from tests.services.referrals.referral_world import ReferralWorld


class Plans:
    """A referral inside the clinic's team, and what its plan says to whom."""

    def __init__(self, world: ReferralWorld, *, programme: str, person: str, referral: str) -> None:
        self.world, self.programme, self.person, self.referral = world, programme, person, referral
        self.peer = world.network.peer

    async def given(self, **changes: Any) -> str:
        """A task for the peer, about the person."""
        task = self.world.network.task(person_id=self.person, programme_id=self.programme, **changes)
        return str((await self.world.nurse.made("/tasks", task))["id"])

    async def ids(self) -> list[str]:
        answer = await self.peer.ask("GET", f"/referrals/{self.referral}/shared-plan")
        assert answer.status_code == 200, answer.text
        return [line["id"] for line in answer.json()["items"]]


@pytest.fixture
async def plans(referral_world: ReferralWorld) -> Plans:
    world = referral_world
    programme, person = await world.programme("integrated_team"), await world.person()
    wish = await world.wish(
        programme_id=programme,
        person_id=person,
        recipient_worker_id=world.network.peer_id,
        recipient_team_id=world.clinic_team_id,
        activity="community_accompaniment",
        text="Walk along to the housing office",
    )
    made = await world.nurse.made("/referrals", wish)
    return Plans(world, programme=programme, person=person, referral=made["id"])


async def test_the_soonest_due_comes_first_and_what_is_done_leaves(plans: Plans) -> None:
    late = await plans.given(title="Bring the bus plan", due_at="2099-02-02T10:00:00Z")
    soon = await plans.given(title="Ask about the library card", due_at="2099-01-01T10:00:00Z")
    elsewhere = plans.world.network.task(person_id=plans.person, title="Of another programme")
    await plans.world.nurse.made("/tasks", elsewhere)
    assert await plans.ids() == [soon, late, plans.referral]
    await plans.peer.made(f"/tasks/{soon}/start", {}, version=1)
    await plans.peer.made(f"/tasks/{soon}/complete", {}, version=2)
    assert await plans.ids() == [late, plans.referral]


async def test_nobody_else_has_a_seat_at_the_table(plans: Plans) -> None:
    path = f"/referrals/{plans.referral}/shared-plan"
    supervisor = await plans.world.network.supervisor.ask("GET", path)
    assert supervisor.status_code == 200
    for caller in (plans.world.peer, plans.world.lead, plans.world.other_peer):
        refused = await caller.ask("GET", path)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_whoever_knows_the_person_from_elsewhere_does_not_read_it(plans: Plans) -> None:
    about = {"programme_id": plans.programme, "person_id": plans.person}
    await plans.peer.made("/workers/me/dual-relationships", about)
    refused = await plans.peer.ask("GET", f"/referrals/{plans.referral}/shared-plan")
    assert refused.status_code == 404


async def test_a_model_that_shares_nothing_has_no_plan(plans: Plans) -> None:
    world = plans.world
    made = await world.referred(recipient_team_id=world.team_id)
    assert (await world.nurse.ask("GET", f"/referrals/{made['id']}/shared-plan")).status_code == 404
