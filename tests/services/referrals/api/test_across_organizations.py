"""Models that name the person do so within one organisation; between two a consent says who it is, or nobody does."""

from typing import Any

import pytest

from services.referrals.domain.redisclosure import STATEMENT
from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_consent_paths import leaks, told
from tests.services.referrals.conftest import Caller
from tests.services.referrals.consent_world import PREFERRED, ConsentWorld, hidden_referral
from tests.services.referrals.referral_world import ReferralWorld

CALLED_OFF = {"reason": "no_longer_needed"}
NAMING = ("co_located", "integrated_team", "transitional")


@pytest.mark.parametrize("model", NAMING)
async def test_a_referral_to_another_house_says_who_it_is_by_a_consent_only(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase, model: str
) -> None:
    world = await hidden_referral(referral_world, referrals_database, model=model)
    await world.worked_on()
    answers = await told(world)
    assert leaks(answers, world) == []
    assert world.referral_id in answers["peer", "/referrals"].text, "they know that there is one"
    consent = await world.consented()
    seen = await world.referrals.seen(world.referral_id, world.peer)
    assert (seen["person"]["called"], seen["redisclosure_notice"]["statement"]) == (PREFERRED, STATEMENT)
    await world.revoked(consent)
    assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is False


async def test_a_whole_team_elsewhere_is_told_until_one_of_it_has_taken_it(referral_world: ReferralWorld) -> None:
    world = referral_world
    made = await world.referred(recipient_team_id=world.team_id)
    for caller in (world.peer, world.other_peer, world.lead):
        assert (await world.seen(made["id"], caller))["identified"] is True
    await world.done(world.peer, made["id"], "accept")
    assert (await world.seen(made["id"], world.peer))["identified"] is True
    assert (await world.seen(made["id"], world.other_peer))["identified"] is False


async def test_within_one_house_nobody_needs_a_consent(referral_world: ReferralWorld) -> None:
    world = referral_world
    person = await world.person(agreed=False)
    made = await world.referred(person_id=person, recipient_worker_id=world.network.peer_id)
    assert (await world.seen(made["id"], world.network.peer))["person"]["called"] == "Robin"
    partner = await world.programme("peer_run_partner")
    await world.backup(partner)
    made = await world.referred(programme_id=partner, person_id=person, recipient_worker_id=world.network.peer_id)
    assert (await world.seen(made["id"], world.network.peer))["identified"] is False, "not before the answer"
    await world.done(world.network.peer, made["id"], "accept")
    assert (await world.seen(made["id"], world.network.peer))["identified"] is True
    assert (await world.network.peer.ask("GET", f"/people/{person}")).status_code == 200


async def certified(world: ReferralWorld, *worker_ids: str) -> None:
    """These may be asked; the partner's peers, unless told otherwise."""
    for number, worker_id in enumerate(worker_ids or (world.peer_id, world.other_peer_id)):
        credential = {
            "issuer": "Example Board",
            "number": f"EX-{number}",
            "jurisdiction": "US-VA",
            "stage": "full",
            "issued_on": "2024-01-01",
        }
        await world.network.administrator.made(f"/workers/{worker_id}/credentials", credential)


async def matches(world: ReferralWorld, programme: str, person: str) -> dict[str, Any]:
    return await world.nurse.made(f"/programmes/{programme}/matches", {"person_id": person})


async def test_matching_knows_whom_a_consent_lets_it_ask(referral_world: ReferralWorld) -> None:
    """Partners may be asked without a name; models that name somebody ask nobody elsewhere before there is a consent."""
    world = referral_world
    await certified(world)
    agreed, silent = await world.person(), await world.person(agreed=False)
    naming = await world.programme("co_located", world.partner_id, calendar_code="always_open")
    partner = await world.programme("peer_run_partner", world.partner_id, calendar_code="always_open")
    found = await matches(world, naming, silent)
    assert found["offered"] == []
    assert {one["reason"] for one in found["not_offered"]} == {"not_available"}
    for programme, person, line in (
        (naming, agreed, "may be told who the person is"),
        (partner, agreed, "may be told who the person is"),
        (partner, silent, "asked without being told who the person is"),
    ):
        offered = (await matches(world, programme, person))["offered"]
        assert {one["worker_id"] for one in offered} == {world.peer_id, world.other_peer_id}
        assert all(line in one["because"] for one in offered), line
    own = await world.lead.made(f"/programmes/{naming}/matches", {"language": "en"})
    assert len(own["offered"]) == 2, "where nobody is named there is nobody to tell of"
    assert not any("who the person is" in line for one in own["offered"] for line in one["because"])


async def handed_off(world: ReferralWorld, database: ServiceDatabase, model: str, person: str) -> ConsentWorld:
    """The clinic's nurse sends somebody home into a programme of the partner's."""
    programme = await world.programme(
        model, world.partner_id, duty_owner_worker_id=world.partner_lead_id, calendar_code="always_open"
    )
    body = {"person_id": person, "programme_id": programme, "status": "discharged"}
    begun = await world.nurse.made("/transitions", body)
    return ConsentWorld(
        referrals=world,
        database=database,
        person_id=person,
        referral_id=begun["handoff_id"],
        programme_id=programme,
        known={"handoff_id": begun["handoff_id"], "transition_id": begun["id"]},
    )


def somebody(world: ReferralWorld, handoff: dict[str, Any]) -> Any:
    """Whoever of the partner's house is asked now."""
    return world.caller(AccessRole.PEER, handoff["next"]["worker_id"])


@pytest.mark.parametrize("model", ["peer_run_partner", "co_located"])
async def test_a_handoff_to_another_house_names_nobody(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase, model: str
) -> None:
    """The partner is asked without a name; under a model that names people it is the duty owner who is asked, without one too."""
    world = referral_world
    await certified(world)
    secret = await world.person(agreed=False, given_name="Wilhelmina", preferred_name=PREFERRED)
    handed = await handed_off(world, referrals_database, model, secret)
    path = f"/handoffs/{handed.referral_id}"
    seen = (await world.nurse.ask("GET", path)).json()
    assert seen["person"]["called"] == f"{PREFERRED} E."
    peers = {world.peer_id, world.other_peer_id}
    assert (seen["next"]["worker_id"] in peers) is (model == "peer_run_partner")
    answers = await told(handed)
    assert leaks(answers, handed) == []
    asked = somebody(world, seen) if model == "peer_run_partner" else world.lead
    shown = (await asked.ask("GET", path)).json()
    assert (shown["person"], shown["redisclosure_notice"]) == (None, None)
    accepted = await asked.ask("POST", f"{path}/accept", version=seen["version"])
    assert accepted.status_code == 200, accepted.text
    assert (await asked.ask("GET", path)).json()["person"] is None
    consent = await handed.consented()
    known = (await asked.ask("GET", path)).json()
    assert known["person"]["called"] == f"{PREFERRED} E."
    assert known["redisclosure_notice"]["statement"] == STATEMENT
    record = (await asked.ask("GET", f"/people/{secret}")).json()
    assert record["redisclosure_notice"] == known["redisclosure_notice"]
    rows = await handed.rows("SELECT DISTINCT handoff_id, to_organization_id FROM handoff_disclosures")
    assert [tuple(map(str, row)) for row in rows] == [(handed.referral_id, world.partner_id)]
    await handed.revoked(consent)
    assert leaks(await told(handed), handed) == []


async def test_the_tasks_of_one_house_are_not_those_of_another(referral_world: ReferralWorld) -> None:
    """Clinical and supervising staff know of what somebody of their own house asked for, or was asked to do."""
    world = referral_world
    made = await world.nurse.made("/tasks", world.network.task(title="Ask Robin about the lease"))
    clinician = world.caller(AccessRole.CLINICIAN, world.other_peer_id)
    for caller in (clinician, world.lead, world.caller(AccessRole.SUPERVISOR)):
        assert made["id"] not in (await caller.ask("GET", "/tasks")).text
        for path in ("", "/history"):
            assert (await caller.ask("GET", f"/tasks/{made['id']}{path}")).status_code == 404
        assert (await caller.ask("POST", f"/tasks/{made['id']}/cancel", CALLED_OFF, version=1)).status_code == 404
    for caller in (world.psychiatrist, world.network.supervisor, world.network.administrator):
        assert made["id"] in (await caller.ask("GET", "/tasks")).text
        assert (await caller.ask("GET", f"/tasks/{made['id']}")).json()["title"] == "Ask Robin about the lease"
    cancelled = await world.network.supervisor.ask("POST", f"/tasks/{made['id']}/cancel", CALLED_OFF, version=1)
    assert cancelled.status_code == 200, cancelled.text


async def test_the_words_of_a_task_cross_by_a_consent_that_speaks_of_them(referral_world: ReferralWorld) -> None:
    """A step is answered with what its reader may see; a consent on the name alone shows nobody's words."""
    world = referral_world
    person = await world.person(agreed=False)
    asked = world.network.task(
        assignee_worker_id=world.peer_id, person_id=person, title="Walk with Robin", details="Slowly"
    )
    made = await world.nurse.made("/tasks", asked)
    path = f"/tasks/{made['id']}"
    started = await world.peer.made(f"{path}/start", {"note": "Robin likes tea"}, version=1)
    assert [started[name] for name in ("person_id", "title", "details", "status")] == [None, None, "", "in_progress"]
    consents = f"/people/{person}/consents"
    await world.nurse.made(consents, world.signed(information=["identity"]))
    named = (await world.peer.ask("GET", path)).json()
    assert (named["person_id"], named["title"], named["redisclosure_notice"]["statement"]) == (person, None, STATEMENT)
    assert (await world.peer.ask("GET", f"{path}/history")).json()["items"][-1]["note"] is None
    await world.nurse.made(consents, world.signed())
    told_all = (await world.lead.ask("GET", path)).json()
    assert [told_all[name] for name in ("person_id", "title", "details")] == [person, "Walk with Robin", "Slowly"]
    for caller, note in ((world.peer, None), (world.nurse, "Robin likes tea")):
        assert (await caller.ask("GET", f"{path}/history")).json()["items"][-1]["note"] == note


async def test_a_task_for_a_worker_elsewhere_opens_no_record(referral_world: ReferralWorld) -> None:
    world = referral_world
    for agreed, status in ((False, 404), (True, 200)):
        person = await world.person(agreed=agreed)
        await world.nurse.made("/tasks", world.network.task(assignee_worker_id=world.peer_id, person_id=person))
        assert (await world.peer.ask("GET", f"/people/{person}")).status_code == status


async def test_a_record_that_a_handoff_opens_carries_the_notice_and_is_written_down(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    world = referral_world
    person = await world.person()
    for peer_id in (world.peer_id, world.other_peer_id):
        await world.credential(peer_id, suspended_on="2025-01-01")  # so that nobody can be asked but the duty owner
    handed = await handed_off(world, referrals_database, "co_located", person)
    told_so_far = "SELECT DISTINCT handoff_id, to_worker_id, person_id FROM handoff_disclosures"
    assert await handed.rows(told_so_far) == []
    lines = (await world.lead.ask("GET", "/people")).json()["items"]
    assert [(one["id"], one["redisclosure_notice"]["statement"]) for one in lines] == [(person, STATEMENT)]
    rows = [tuple(map(str, row)) for row in await handed.rows(told_so_far)]
    assert rows == [(handed.referral_id, world.partner_lead_id, person)]
    own = (await world.nurse.ask("GET", f"/people/{person}")).json()
    assert own["redisclosure_notice"] is None, "whoever sent them needs no consent"
    assert len(await handed.rows(told_so_far)) == 1


async def test_whoever_supervises_the_peer_who_walks_along_writes_the_consent_down(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    """The person signs where they are: with the peer, whose own supervisor has to be able to write it down."""
    world = referral_world
    await certified(world)
    person = await world.person(agreed=False)
    handed = await handed_off(world, referrals_database, "peer_run_partner", person)
    consent = await handed.consented()
    path = f"/handoffs/{handed.referral_id}"
    seen = (await world.nurse.ask("GET", path)).json()
    shelter = str((await world.network.administrator.made("/organizations", {"name": "Quay Shelter"}))["id"])
    elsewhere = await world.worker("Sol Example", "peer_supervisor", shelter)
    nurse = world.caller(AccessRole.CLINICIAN, await world.worker("Nia Example", "nurse", world.partner_id))

    async def write(by: Caller, house: str, told: str) -> int:
        paper = world.signed(organization_id=house, recipient_organization_ids=[told])
        return (await by.ask("POST", f"/people/{person}/consents", paper)).status_code

    assert await write(world.lead, world.partner_id, shelter) == 404, "their peer is only asked"
    accepted = await somebody(world, seen).ask("POST", f"{path}/accept", version=seen["version"])
    assert accepted.status_code == 200, accepted.text
    assert await write(world.lead, world.partner_id, shelter) == 201
    assert await write(world.lead, world.network.organization_id, shelter) == 403, "for their own house alone"
    assert await write(world.lead, shelter, world.partner_id) == 403
    assert await write(nurse, world.partner_id, shelter) == 404, "who supervises nobody knows nobody by it"
    assert await write(world.caller(AccessRole.SUPERVISOR, elsewhere), shelter, world.partner_id) == 404
    await handed.revoked(consent)
    assert await write(world.lead, world.partner_id, shelter) == 404, "and only while the person lets them be told"
