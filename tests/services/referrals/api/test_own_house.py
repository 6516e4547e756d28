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


async def test_the_register_of_who_knows_whom_is_kept_house_by_house(referral_world: ReferralWorld) -> None:
    world = referral_world
    person, there, clinic_peer = await world.person(), await nurse_there(world), world.network.peer_id
    theirs = await world.programme("co_located", world.partner_id)
    known_there = await at_home_there(world, there)
    path = f"/programmes/{theirs}/dual-relationships"
    await world.nurse.made("/tasks", world.network.task(person_id=person))
    own = await world.network.supervisor.made(
        f"/programmes/{world.network.programme_id}/dual-relationships", {"worker_id": clinic_peer, "person_id": person}
    )
    assert [one["kind"] for one in own["still_held"]] == ["task"]
    for worker_id, about, pointer in (
        (clinic_peer, person, "/worker_id"),
        (clinic_peer, known_there, "/worker_id"),
        (world.peer_id, person, "/person_id"),
    ):
        answer = await world.lead.ask("POST", path, {"worker_id": worker_id, "person_id": about, "step_back": True})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (404, pointer)
    mine = await world.lead.made(path, {"worker_id": world.peer_id, "person_id": known_there})
    assert [one["id"] for one in (await world.lead.ask("GET", path)).json()["items"]] == [mine["id"]]


async def test_a_peers_own_word_is_kept_by_their_own_house(referral_world: ReferralWorld) -> None:
    world = referral_world
    person, asked_by = await world.person(), world.network.programme_id
    theirs = await world.programme("co_located", world.partner_id)
    await world.nurse.made("/tasks", world.network.task(assignee_worker_id=world.peer_id, person_id=person))
    noted = await world.peer.made("/workers/me/dual-relationships", {"programme_id": asked_by, "person_id": person})
    for caller, programme, seen in ((world.network.supervisor, asked_by, []), (world.lead, theirs, [noted["id"]])):
        listed = await caller.ask("GET", f"/programmes/{programme}/dual-relationships")
        assert [one["id"] for one in listed.json()["items"]] == seen
    path = f"/dual-relationships/{noted['id']}/end"
    await refused(await world.network.supervisor.ask("POST", path, version=1), 404)
    await refused(await world.lead.ask("POST", path, version=1), 200)


async def test_the_clinical_backup_is_named_by_the_house_that_runs_the_programme(referral_world: ReferralWorld) -> None:
    world = referral_world
    path = f"/programmes/{world.network.programme_id}/clinical-backup"
    there = await world.worker("Nia Example", "nurse", world.partner_id)
    team = await world.team("Lantern nurses", world.partner_id, there)
    await refused(await world.lead.ask("PUT", path, {"team_id": team, "worker_id": there}), 403)
    supervisor, clinic_team = world.network.supervisor, world.clinic_team_id
    stranger = await supervisor.ask("PUT", path, {"team_id": clinic_team, "worker_id": there})
    assert stranger.json()["errors"] == [{"pointer": "/worker_id", "code": "not_on_the_team"}]
    named = await supervisor.ask("PUT", path, {"team_id": clinic_team, "worker_id": world.psychiatrist_id})
    await refused(named, 200)


async def test_a_crisis_opens_the_record_to_the_team_that_is_called_and_only_while_it_is_open(
    referral_world: ReferralWorld,
) -> None:
    world = referral_world
    programme, nurse = await world.programme("peer_run_partner", world.partner_id), await nurse_there(world)
    await world.backup(programme)
    person = await at_home_there(world, nurse)
    task = world.network.task(assignee_worker_id=world.peer_id, person_id=person)
    await nurse.made("/tasks", task | {"programme_id": programme})
    called = {"programme_id": programme, "person_id": person, "need": "crisis", "kind": "crisis_bridge"}
    made = await world.peer.made("/referrals", called)
    team, house = (world.psychiatrist, world.nurse), (world.network.supervisor, world.case_manager)
    await told_who_it_is(world, made["id"], person, team=team, house=house)
    await world.done(world.psychiatrist, made["id"], "accept")
    await told_who_it_is(world, made["id"], person, team=team, house=house)
    await world.done(world.psychiatrist, made["id"], "complete", {"closing_word": "got_help"})
    await told_who_it_is(world, made["id"], person, team=(), house=(*team, *house))
    seen = await world.seen(made["id"], world.peer)
    assert (seen["identified"], seen["person"]["person_id"]) == (True, person), "who called knows still"
    steps = [(step["command"], step["by_worker_id"]) for step in seen["history"]]
    assert steps == [
        ("request", world.peer_id),
        ("accept", world.psychiatrist_id),
        ("complete", world.psychiatrist_id),
    ], "who called whom in, when, and until when"


async def told_who_it_is(
    world: ReferralWorld, referral_id: str, person: str, *, team: tuple[Caller, ...], house: tuple[Caller, ...]
) -> None:
    """Those of the team read the name and the record, wherever they look; the rest of their house neither."""
    for caller, knows in (*((one, True) for one in team), *((one, False) for one in house)):
        seen = await world.seen(referral_id, caller)
        assert (seen["identified"], seen["person"] is not None) == (knows, knows)
        listed = await caller.ask("GET", "/referrals")
        assert [line["person_id"] for line in listed.json()["items"]] == [person if knows else None]
        assert await world.listed(caller, person_id=person) == ([referral_id] if knows else [])
        assert await ids(caller) == ({person} if knows else set())
        assert (await caller.ask("GET", f"/people/{person}")).status_code == (200 if knows else 404)


async def test_teams_are_changed_by_their_own_house(referral_world: ReferralWorld) -> None:
    world = referral_world
    supervisor, clinic = world.network.supervisor, world.network.organization_id
    path = f"/teams/{world.clinic_team_id}/members"
    joining = {"joining": [world.peer_id]}
    await refused(await world.lead.ask("POST", path, joining, version=1), 403)
    named = {"organization_id": clinic, "name": "Ours too", "member_worker_ids": [world.peer_id]}
    await refused(await world.lead.ask("POST", "/teams", named), 403)
    elsewhere = await supervisor.ask("POST", path, joining, version=1)
    assert elsewhere.json()["errors"] == [{"pointer": "/joining", "code": "works_elsewhere"}]
    await refused(await supervisor.ask("POST", path, {"joining": [world.case_manager_id]}, version=1), 200)


async def test_being_on_another_houses_team_says_no_name(referral_world: ReferralWorld) -> None:
    world = referral_world
    both = await world.team("Both houses", world.network.organization_id, world.network.peer_id, world.peer_id)
    person = await world.person(agreed=False)
    made = await world.referred(person_id=person, recipient_team_id=both)
    assert (await world.seen(made["id"], world.network.peer))["identified"] is True
    assert (await world.seen(made["id"], world.peer))["identified"] is False
    await world.done(world.peer, made["id"], "accept")
    assert (await world.seen(made["id"], world.peer))["identified"] is False
    assert await ids(world.peer) == set()


async def test_rosters_and_absences_are_the_houses_own(referral_world: ReferralWorld) -> None:
    world = referral_world
    supervisor, peer_id = world.network.supervisor, world.network.peer_id
    absences = f"/workers/{peer_id}/absences"
    away = await supervisor.made(absences, {})
    for method, path, version in (("POST", absences, None), ("POST", f"{absences}/{away['id']}/end", 1)):
        await refused(await world.lead.ask(method, path, {}, version=version), 403)
    await refused(await world.lead.ask("GET", absences), 403)
    await refused(await world.network.peer.ask("GET", absences), 200)
    await refused(await supervisor.ask("POST", f"{absences}/{away['id']}/end", version=1), 200)
    shifts = f"/programmes/{world.network.programme_id}/shifts"
    on_call = {"duty": "clinical", "starts_at": "2026-01-01T08:00:00Z", "ends_at": "2026-01-01T16:00:00Z"}
    on_call = on_call | {"duty": "peer"}
    await refused(await world.lead.ask("POST", shifts, on_call | {"worker_id": world.peer_id}), 403)
    elsewhere = await supervisor.ask("POST", shifts, on_call | {"worker_id": world.peer_id})
    assert elsewhere.json()["errors"] == [{"pointer": "/worker_id", "code": "works_elsewhere"}]
    shift = await supervisor.made(shifts, on_call | {"worker_id": peer_id})
    await refused(await world.lead.ask("POST", f"{shifts}/{shift['id']}/end", version=1), 403)


async def test_credentials_and_supervision_are_kept_by_their_own_house(referral_world: ReferralWorld) -> None:
    """Whoever could suspend a credential could take everybody away from a peer."""
    world = referral_world
    supervisor, peer_id = world.network.supervisor, world.network.peer_id
    path, stated = f"/workers/{peer_id}/credentials", {"stage": "full", "jurisdiction": "US-VA"}
    stated |= {"issuer": "Example Board", "number": "EX-7", "issued_on": "2024-01-01"}
    await refused(await world.lead.ask("POST", path, stated), 403)
    kept = await supervisor.made(path, stated)
    suspended = {"stage": "full", "suspended_on": "2024-02-01", "expires_on": None}
    await refused(await world.lead.ask("PUT", f"{path}/{kept['id']}", suspended, version=1), 403)
    await refused(await supervisor.ask("PUT", f"{path}/{kept['id']}", suspended, version=1), 200)
    supervised = {"last_supervised_on": "2024-01-01", "supervision_cadence_days": 30}
    await refused(await world.lead.ask("PUT", f"/workers/{peer_id}/supervision", supervised, version=1), 403)
    await refused(await supervisor.ask("PUT", f"/workers/{peer_id}/supervision", supervised, version=1), 200)


async def test_numbers_are_counted_house_by_house(referral_world: ReferralWorld) -> None:
    world = referral_world
    path = f"/numbers/{{}}?programme_id={world.network.programme_id}"
    for which in ("handoffs", "follow-up"):
        await refused(await world.lead.ask("GET", path.format(which)), 404)
        for caller in (world.network.supervisor, world.nurse, world.network.administrator):
            await refused(await caller.ask("GET", path.format(which)), 200)
    await refused(await world.lead.ask("GET", f"/follow-up/at-risk?programme_id={world.network.programme_id}"), 404)
