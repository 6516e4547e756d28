"""Two records turn out to be one person's: what they agreed to, whom they know and what they wish for comes along."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.referrals.domain.episodes import survivor_of
from services.referrals.domain.redisclosure import STATEMENT
from services.referrals.domain.source_facts import Alias
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.api.test_across_organizations import certified, matches
from tests.services.referrals.referral_world import ReferralWorld


async def join(world: ReferralWorld, merged: str, survivor: str) -> None:
    """A source says that the first record is the second one's person."""
    fact = {
        "kind": "people_joined",
        "event_at": datetime.now(UTC).isoformat(),
        "person_id": survivor,
        "merged_person_id": merged,
    }
    answer = await world.network.administrator.ask("POST", "/transitions/source-events", fact)
    assert answer.status_code == 200, answer.text


async def known_elsewhere(world: ReferralWorld, person: str) -> dict[str, str]:
    """The clinic's supervisor says that the clinic's peer knows the person; whom to ask, and for which programme, to see it."""
    peer_id, programme = world.network.peer_id, world.network.programme_id
    await world.network.supervisor.made(
        f"/programmes/{programme}/dual-relationships", {"worker_id": peer_id, "person_id": person}
    )
    return {"programme_id": programme, "recipient_worker_id": peer_id}


@pytest.mark.parametrize("agreed_as", ["merged", "survivor"])
async def test_a_consent_follows_and_taking_it_back_stops_both(referral_world: ReferralWorld, agreed_as: str) -> None:
    world = referral_world
    people = {"merged": await world.person(agreed=False), "survivor": await world.person(agreed=False)}
    consent = await world.nurse.made(f"/people/{people[agreed_as]}/consents", world.signed())
    programme = await world.programme("co_located", world.partner_id)
    about = {"programme_id": programme, "recipient_worker_id": world.peer_id}
    referred = {name: await world.referred(person_id=one, need=name, **about) for name, one in people.items()}
    for name, one in referred.items():
        assert (await world.seen(one["id"], world.peer))["identified"] is (name == agreed_as)
    await join(world, people["merged"], people["survivor"])
    for one in referred.values():
        seen = await world.seen(one["id"], world.peer)
        assert seen["person"]["person_id"] == people["survivor"]
        assert seen["redisclosure_notice"]["statement"] == STATEMENT
    for one in people.values():
        listed = (await world.nurse.ask("GET", f"/people/{one}/consents")).json()["items"]
        assert [item["id"] for item in listed] == [consent["id"]]
    word = {"method": "spoken"}
    taken_back = await world.nurse.ask("POST", f"/consents/{consent['id']}/revoke", word, version=1)
    assert taken_back.status_code == 200, taken_back.text
    for one in referred.values():
        assert (await world.seen(one["id"]))["status_reason"] == "consent_revoked"
        assert (await world.seen(one["id"], world.peer))["identified"] is False
    again = await world.nurse.made(f"/people/{people['merged']}/consents", world.signed())
    assert again["person_id"] == people["survivor"], "what is signed on the old record is the person's"


async def test_whom_they_know_and_what_they_wish_for_comes_along(referral_world: ReferralWorld) -> None:
    world = referral_world
    merged, middle, survivor = [await world.person() for _ in range(3)]
    about = await known_elsewhere(world, merged)
    for person, codes in ((middle, ["military_service"]), (merged, [])):
        saved = await world.nurse.ask("PUT", f"/people/{person}/wish", {"codes": codes})
        assert saved.status_code == 200, saved.text
    await world.nurse.ask("PUT", f"/people/{middle}/wish", {"codes": ["military_service"]})
    await join(world, merged, middle)
    await join(world, middle, survivor)
    wish = (await world.nurse.ask("GET", f"/people/{survivor}/wish")).json()
    assert wish["codes"] == ["military_service"], "the newest of their words"
    asked = await world.wish(**about, person_id=survivor)
    refused = await world.nurse.ask("POST", "/referrals", asked)
    assert refused.json()["errors"] == [{"pointer": "/recipient_worker_id", "code": "not_available"}]


@pytest.mark.parametrize(("known_as", "asked_as"), [(0, 2), (2, 0), (0, 1)])
async def test_whoever_knows_one_of_many_records_knows_the_person(
    referral_world: ReferralWorld, known_as: int, asked_as: int
) -> None:
    """Also where it is said after the records were joined, of one that nobody goes by any more."""
    world = referral_world
    await certified(world, world.network.peer_id)
    records = [await world.person() for _ in range(3)]
    await join(world, records[0], records[1])
    await join(world, records[1], records[2])
    about = await known_elsewhere(world, records[known_as])
    asked = await world.wish(**about, person_id=records[asked_as])
    refused = await world.nurse.ask("POST", "/referrals", asked)
    assert refused.json()["errors"] == [{"pointer": "/recipient_worker_id", "code": "not_available"}]
    matched = await matches(world, about["programme_id"], records[asked_as])
    assert {"worker_id": about["recipient_worker_id"], "reason": "not_available"} in matched["not_offered"]


async def test_nothing_else_of_a_consent_can_be_changed(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase
) -> None:
    person = await referral_world.person()
    connection = await asyncpg.connect(referrals_database.runtime_url)
    try:
        for change in ("UPDATE consents SET information = '{}'", "DELETE FROM consents"):
            with pytest.raises(asyncpg.RestrictViolationError):
                await connection.execute(f"{change} WHERE person_id = '{person}'")
    finally:
        await connection.close()


async def test_a_transition_on_a_record_that_was_given_up_is_the_persons(referral_world: ReferralWorld) -> None:
    """A page may have been open since before the records were joined; a chain of joins is followed to its end."""
    world = referral_world
    first, middle, survivor = [await world.person() for _ in range(3)]
    await join(world, first, middle)
    await join(world, middle, survivor)
    about = {"programme_id": world.network.programme_id, "person_id": first, "status": "discharged"}
    made = await world.nurse.made("/transitions", about)
    assert made["person_id"] == survivor
    again = await world.nurse.ask("POST", "/transitions", about | {"person_id": survivor})
    assert (again.status_code, again.json()["code"]) == (409, "open_duplicate"), "nobody is asked twice for one person"


async def three_records(world: ReferralWorld) -> list[str]:
    """One person's: the first joined into the second, that one into the third, by which they go now."""
    records = [await world.person() for _ in range(3)]
    await join(world, records[0], records[1])
    await join(world, records[1], records[2])
    return records


async def test_what_was_there_before_is_found_under_the_record_they_go_by(referral_world: ReferralWorld) -> None:
    world = referral_world
    first, middle, survivor = [await world.person() for _ in range(3)]
    referral = await world.referred(person_id=first)
    task = await world.nurse.made("/tasks", world.network.task(person_id=first))
    await join(world, first, middle)
    await join(world, middle, survivor)
    for path, one in (("/referrals", referral), ("/tasks", task)):
        listed = (await world.nurse.ask("GET", f"{path}?person_id={survivor}")).json()["items"]
        assert [item["id"] for item in listed] == [one["id"]], path


async def test_a_referral_of_a_record_that_was_given_up_is_the_persons(referral_world: ReferralWorld) -> None:
    """Referred, passed on and taken to somebody else: each is about one person, by whichever record they were named."""
    world = referral_world
    given_up, _, survivor = await three_records(world)
    programme = world.network.programme_id
    about = {"programme_id": await world.programme("co_located"), "person_id": given_up}
    made = await world.referred(**about)
    assert (made["person_id"], made["duplicate_of"]) == (survivor, None)
    again = await world.referred(**about | {"person_id": survivor})
    twice = await world.referred(**about)
    assert (again["duplicate_of"], twice["duplicate_of"]) == (made["id"], again["id"]), "one person, one need"
    to_other = {"recipient_worker_id": world.other_peer_id}
    rerouted = await world.command(world.nurse, twice["id"], "reroute", to_other)
    assert rerouted.json()["person_id"] == survivor
    leaving = {"programme_id": programme, "person_id": given_up, "status": "discharged"}
    transition = await world.nurse.made("/transitions", leaving)
    linked = await world.referred(**about, need="company", transition_id=transition["id"])
    assert linked["person_id"] == survivor
    parent = await world.referred(
        **about, need="housing", kind="case_management", recipient_worker_id=world.case_manager_id
    )
    await world.done(world.case_manager, parent["id"], "accept")
    wish = about | {"need": "housing", "kind": "peer_service", "recipient_worker_id": world.peer_id}
    child = await world.case_manager.made(f"/referrals/{parent['id']}/pass-on", wish)
    assert child["person_id"] == survivor
    everything = {made["id"], again["id"], twice["id"], rerouted.json()["id"], linked["id"], parent["id"], child["id"]}
    assert set(await world.listed(world.nurse, person_id=survivor)) == everything
    seen = await world.seen(made["id"], world.peer)
    assert (seen["identified"], seen["redisclosure_notice"]["statement"]) == (True, STATEMENT), "as was agreed to"


async def test_a_task_about_a_record_that_was_given_up_is_the_persons(referral_world: ReferralWorld) -> None:
    world = referral_world
    given_up, _, survivor = await three_records(world)
    task = await world.nurse.made("/tasks", world.network.task(person_id=given_up))
    assert task["person_id"] == survivor
    listed = (await world.nurse.ask("GET", f"/tasks?person_id={survivor}")).json()["items"]
    assert [item["id"] for item in listed] == [task["id"]]


@pytest.mark.parametrize(
    "joins", [((0, 1), (0, 2)), ((0, 1), (1, 0)), ((0, 1), (1, 2), (2, 0))], ids=["two ways", "back", "round"]
)
async def test_whatever_was_joined_with_whatever_every_record_leads_to_one(
    referral_world: ReferralWorld, joins: tuple[tuple[int, int], ...]
) -> None:
    """Sources may say strange things. The statement that reads finds the same record as the rules that carry along."""
    world = referral_world
    records = [await world.person(agreed=False) for _ in range(3)]
    for merged, survivor in joins:
        await join(world, records[merged], records[survivor])
    told = [Alias(merged_person_id=UUID(records[one]), person_id=UUID(records[other])) for one, other in joins]
    for record in records:
        task = await world.nurse.made("/tasks", world.network.task(person_id=record))
        assert task["person_id"] == str(survivor_of(UUID(record), aliases=told))


async def test_a_peer_who_walks_with_somebody_may_still_name_the_record_that_was_given_up(
    referral_world: ReferralWorld,
) -> None:
    """Their relation came along with the referral; a stranger's id opens as little as before."""
    world = referral_world
    given_up, survivor, stranger = [await world.person() for _ in range(3)]
    referral = await world.referred(person_id=given_up)
    await world.done(world.peer, referral["id"], "accept")
    await join(world, given_up, survivor)
    about = {"programme_id": await world.programme("co_located"), "kind": "peer_service", "need": "company"}
    asked = about | {"recipient_worker_id": world.other_peer_id}
    made = await world.peer.made("/referrals", asked | {"person_id": given_up})
    assert made["person_id"] == survivor
    refused = await world.peer.ask("POST", "/referrals", asked | {"person_id": stranger})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/person_id")
