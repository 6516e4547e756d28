"""Intermediaries: what they pass on, to whom, about whom, and how its end reaches those who asked first."""

from typing import Any

from tests.services.referrals.referral_world import ReferralWorld


async def test_an_intermediary_passes_on_and_the_parent_follows_only_where_asked(referral_world: ReferralWorld) -> None:
    world = referral_world
    programme, person = await world.programme("co_located"), await world.person()
    about: dict[str, Any] = {"programme_id": programme, "person_id": person}
    parent = await world.referred(
        **about, need="support", kind="case_management", recipient_worker_id=world.case_manager_id
    )
    wish = about | {"need": "peer_support", "kind": "peer_service", "recipient_worker_id": world.peer_id}
    path = f"/referrals/{parent['id']}/pass-on"
    early = await world.case_manager.ask("POST", path, wish)
    assert (early.status_code, early.json()["code"]) == (409, "illegal_move")
    await world.done(world.case_manager, parent["id"], "accept")
    first = await world.case_manager.made(path, wish | {"parent_follows": True})
    second = await world.case_manager.made(path, wish | {"recipient_worker_id": world.other_peer_id, "need": "housing"})
    assert (first["part_of"], second["part_of"]) == (parent["id"], parent["id"])
    child = await world.seen(first["id"], world.nurse)
    assert (child["requester"]["worker_id"], child["intermediary"]["worker_id"]) == (
        world.network.nurse_id,
        world.case_manager_id,
    )
    assert (await world.seen(parent["id"]))["children"] == [first["id"], second["id"]]
    for referral, peer in ((second, world.other_peer), (first, world.peer)):
        assert (await world.seen(parent["id"]))["status"] == "accepted"
        await world.done(peer, referral["id"], "accept")
        await world.done(peer, referral["id"], "complete", {"closing_word": "got_help"})
    followed = await world.seen(parent["id"])
    assert (followed["status"], followed["history"][-1]["command"], followed["history"][-1]["by_worker_id"]) == (
        "completed",
        "follow",
        None,
    )


async def _passed_on(world: ReferralWorld, **more: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """(parent, child, what was asked for): the case manager has passed the nurse's referral on to a peer."""
    programme, person = await world.programme("co_located"), await world.person()
    about: dict[str, Any] = {"programme_id": programme, "person_id": person, "need": "peer_support"}
    parent = await world.referred(**about, kind="case_management", recipient_worker_id=world.case_manager_id)
    await world.done(world.case_manager, parent["id"], "accept")
    wish = about | {"kind": "peer_service", "recipient_worker_id": world.peer_id} | more
    return parent, await world.case_manager.made(f"/referrals/{parent['id']}/pass-on", wish), wish


async def test_what_is_passed_on_is_about_the_same_person(referral_world: ReferralWorld) -> None:
    world = referral_world
    parent, child, wish = await _passed_on(world)
    assert child["duplicate_of"] is None, "a child is no duplicate of its parent"
    elsewhere = {"given_name": "Sam", "family_name": "Example", "language": "en"}
    slip = str((await world.case_manager.made("/people", elsewhere))["id"])
    body = wish | {"person_id": slip, "recipient_worker_id": world.other_peer_id}
    refused = await world.case_manager.ask("POST", f"/referrals/{parent['id']}/pass-on", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/person_id")
    assert (await world.seen(parent["id"]))["children"] == [child["id"]]


async def test_a_house_that_is_not_told_whom_it_is_about_cannot_pass_it_on(referral_world: ReferralWorld) -> None:
    world = referral_world
    own = await world.lead.made("/people", {"given_name": "Robin", "family_name": "Example", "language": "en"})
    agreed = world.signed(organization_id=world.partner_id, recipient_organization_ids=[world.network.organization_id])
    consent = await world.lead.made(f"/people/{own['id']}/consents", agreed)
    about = {"programme_id": await world.programme("co_located"), "person_id": own["id"], "need": "housing"}
    asked = about | {"kind": "case_management", "recipient_worker_id": world.case_manager_id}
    parent = await world.lead.made("/referrals", asked)
    await world.done(world.case_manager, parent["id"], "accept")
    revoke = {"method": "spoken", "reported_by": "person"}
    await world.lead.ask("POST", f"/consents/{consent['id']}/revoke", revoke, version=1)
    waits = await world.seen(parent["id"], world.case_manager)
    assert (waits["identified"], waits["status_reason"]) == (False, "consent_revoked")
    wish = about | {"kind": "clinical", "recipient_worker_id": world.psychiatrist_id}
    refused = await world.case_manager.ask("POST", f"/referrals/{parent['id']}/pass-on", wish)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/person_id")
    resumed = await world.command(world.case_manager, parent["id"], "resume")
    assert (resumed.status_code, resumed.json()["errors"][0]["code"]) == (422, "consent_required")
    assert (await world.seen(parent["id"], world.lead))["version"] == waits["version"]


async def test_a_child_that_somebody_else_takes_up_still_leads_to_the_parents_end(
    referral_world: ReferralWorld,
) -> None:
    world = referral_world
    parent, child, _ = await _passed_on(world, parent_follows=True)
    no = {"reason": "no_capacity", "what_next": "another_peer"}
    await world.done(world.peer, child["id"], "reject", no)
    back = await world.command(world.case_manager, child["id"], "reroute", {"recipient_worker_id": world.peer_id})
    assert back.status_code == 200, "the same peer may be asked once more"
    second = back.json()
    seen = await world.seen(second["id"])
    assert (seen["part_of"], seen["requester"]["worker_id"], seen["intermediary"]["worker_id"]) == (
        parent["id"],
        world.network.nurse_id,
        world.case_manager_id,
    )
    await world.done(world.peer, second["id"], "accept")
    await world.done(world.peer, second["id"], "unaccept", {"reason": "stepped_back"})
    (third,) = [one for one in (await world.seen(parent["id"]))["children"] if one not in (child["id"], second["id"])]
    assert (await world.seen(third, world.case_manager))["status"] == "draft"
    await world.done(world.case_manager, third, "request", {"recipient_worker_id": world.other_peer_id})
    await world.done(world.other_peer, third, "accept")
    await world.done(world.other_peer, third, "complete", {"closing_word": "got_help"})
    assert (await world.seen(parent["id"]))["status"] == "completed"


async def test_the_end_of_a_child_is_carried_up_as_far_as_was_asked(referral_world: ReferralWorld) -> None:
    world = referral_world
    parent, _, wish = await _passed_on(world)
    first = {
        "kind": "clinical",
        "recipient_worker_id": world.psychiatrist_id,
        "parent_follows": True,
        "need": "housing",
    }
    top = await world.referred(
        programme_id=wish["programme_id"],
        person_id=wish["person_id"],
        need="housing",
        kind="case_management",
        recipient_worker_id=world.case_manager_id,
    )
    await world.done(world.case_manager, top["id"], "accept")
    middle = await world.case_manager.made(f"/referrals/{top['id']}/pass-on", wish | first)
    await world.done(world.psychiatrist, middle["id"], "accept")
    last = await world.psychiatrist.made(
        f"/referrals/{middle['id']}/pass-on", wish | {"parent_follows": True, "need": "housing"}
    )
    await world.done(world.peer, last["id"], "accept")
    await world.done(world.peer, last["id"], "complete", {"closing_word": "got_help"})
    assert [(await world.seen(one["id"]))["status"] for one in (middle, top, parent)] == [
        "completed",
        "completed",
        "accepted",
    ]


async def test_intermediaries_never_form_a_circle(referral_world: ReferralWorld) -> None:
    world = referral_world
    programme, person = await world.programme("co_located"), await world.person()
    about: dict[str, Any] = {"programme_id": programme, "person_id": person, "need": "support"}
    first = await world.referred(**about, kind="case_management", recipient_worker_id=world.case_manager_id)
    await world.done(world.case_manager, first["id"], "accept")
    wish = about | {"kind": "clinical", "recipient_worker_id": world.psychiatrist_id}
    second = await world.case_manager.made(f"/referrals/{first['id']}/pass-on", wish)
    await world.done(world.psychiatrist, second["id"], "accept")
    circles: list[tuple[str, str]] = [
        ("case_management", world.case_manager_id),
        ("clinical", world.network.nurse_id),
    ]
    for kind, back_to in circles:
        body = about | {"kind": kind, "recipient_worker_id": back_to}
        refused = await world.psychiatrist.ask("POST", f"/referrals/{second['id']}/pass-on", body)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "cycle_of_intermediaries")
    assert (await world.seen(second["id"], world.psychiatrist))["children"] == []
    social_worker = await world.worker("Sol Example", "social_worker", world.network.organization_id)
    third = await world.psychiatrist.made(
        f"/referrals/{second['id']}/pass-on", about | {"kind": "clinical", "recipient_worker_id": social_worker}
    )
    round_about = {"recipient_worker_id": world.network.nurse_id}
    refused = await world.command(world.psychiatrist, third["id"], "reroute", round_about)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "cycle_of_intermediaries")
