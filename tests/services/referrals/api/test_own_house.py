"""A role counts in its own house: nobody acts for the people, teams and programmes of another one."""

from typing import Any

from shared.contracts.codes import AccessRole
from tests.services.referrals.api.test_consent_paths import leaks, told
from tests.services.referrals.api.test_people_elsewhere import ids
from tests.services.referrals.conftest import Caller
from tests.services.referrals.consent_world import ConsentWorld
from tests.services.referrals.referral_world import ReferralWorld

FOR_ANYBODY = {
    "organization_id": None,
    "discloser_class": "network_organizations",
    "recipient_organization_ids": None,
    "recipient_class": "peer_services",
}


async def nurse_there(world: ReferralWorld) -> Caller:
    """Clinical staff of the house of peers."""
    return world.caller(AccessRole.CLINICIAN, await world.worker("Nia Example", "nurse", world.partner_id))


async def at_home_there(world: ReferralWorld, by: Caller) -> str:
    """Somebody whom only the house of peers knows."""
    body = {"given_name": "Sky", "family_name": "Example", "language": "en"}
    return str((await by.made("/people", body))["id"])


async def refused(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.text


async def test_who_is_told_does_not_write_the_consent(consent_world: ConsentWorld) -> None:
    world = consent_world
    there = await nurse_there(world.referrals)
    clinic, partner = world.referrals.network.organization_id, world.referrals.partner_id
    await refused(await world.asked_to_consent(there, **FOR_ANYBODY), 403)
    to_clinic = {"organization_id": partner, "recipient_organization_ids": [clinic]}
    await refused(await world.asked_to_consent(there, **to_clinic), 404)
    assert leaks(await told(world), world) == []
    own = await at_home_there(world.referrals, there)
    answer = await there.ask("POST", f"/people/{own}/consents", world.signed(**to_clinic))
    await refused(answer, 201)
    await refused(await world.asked_to_consent(**FOR_ANYBODY), 403)
    await refused(await world.asked_to_consent(world.referrals.network.administrator, **FOR_ANYBODY), 201)


async def test_peer_services_are_houses_in_which_a_peer_works(referral_world: ReferralWorld) -> None:
    world = referral_world
    shelter = str((await world.network.administrator.made("/organizations", {"name": "Quay Shelter"}))["id"])
    nurse_id = await world.worker("Noa Example", "nurse", shelter)
    person = await world.person(agreed=False)
    signed = world.signed(recipient_organization_ids=None, recipient_class="peer_services")
    await world.nurse.made(f"/people/{person}/consents", signed)
    for role, worker_id, knows in (
        (AccessRole.PEER, world.peer_id, {person}),
        (AccessRole.CLINICIAN, nurse_id, set()),
    ):
        await world.nurse.made("/tasks", world.network.task(assignee_worker_id=worker_id, person_id=person))
        assert await ids(world.caller(role, worker_id)) == knows
