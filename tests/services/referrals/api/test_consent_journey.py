"""A peer-run partner from an offer without a name, over consent and acceptance, to who it is; then the person takes it back."""

from typing import Any

from services.referrals.domain.redisclosure import STATEMENT
from shared.contracts.codes import AccessRole
from tests.services.referrals.consent_world import NOTE, PREFERRED, SECRETS, WORDS, ConsentWorld
from tests.services.referrals.referral_world import in_days


async def test_from_an_offer_without_a_name_to_a_person_and_back(consent_world: ConsentWorld) -> None:
    world = consent_world
    offered = await world.referrals.seen(world.referral_id, world.peer)
    assert (offered["identified"], offered["redisclosure_notice"]) == (False, None)
    consent = await world.consented()
    assert (consent["status"], consent["version"], consent["reported_by"]) == ("active", 1, "person")
    waiting = await world.referrals.seen(world.referral_id, world.peer)
    assert waiting["identified"] is False, "consent alone is not enough: nobody has accepted"
    await world.accepted()

    seen = await world.referrals.seen(world.referral_id, world.peer)
    assert (seen["person"]["called"], seen["text"]) == (PREFERRED, WORDS)
    assert [note["text"] for note in seen["notes"]] == [NOTE]
    notice = seen["redisclosure_notice"]
    assert notice["statement"] == STATEMENT
    assert notice["consent_id"] == consent["id"]
    assert "who the person is, how they want to be reached and what is asked for them" in notice["scope"]
    person = await world.peer.ask("GET", f"/people/{world.person_id}")
    assert (person.status_code, person.json()["redisclosure_notice"]["statement"]) == (200, STATEMENT)
    told = await world.rows("SELECT * FROM disclosures")
    assert [(str(row["to_worker_id"]), str(row["to_organization_id"])) for row in told] == [
        (world.referrals.peer_id, world.referrals.partner_id)
    ]
    assert told[0]["description"] == "who the person is, how they want to be reached and what is asked for them"
    assert (told[0]["purposes"], told[0]["recorded_at"] is not None) == (["care_coordination"], True)

    revoked = await world.revoked(consent, by=world.peer)
    assert (revoked["status"], revoked["version"], revoked["revocation"]["method"]) == ("revoked", 2, "spoken")
    after = await world.referrals.seen(world.referral_id, world.peer)
    assert (after["identified"], after["status"], after["status_reason"]) == (False, "on_hold", "consent_revoked")
    assert (await world.peer.ask("GET", f"/people/{world.person_id}")).status_code == 404
    sender = await world.referrals.seen(world.referral_id)
    last = sender["history"][-1]
    assert (last["command"], last["reason"], last["reported_by"]) == ("consent-revoked", "consent_revoked", "person")
    assert sender["person"]["called"] == PREFERRED
    facts = await world.rows("SELECT type, payload FROM outbox WHERE type LIKE 'consent.%' ORDER BY event_id")
    assert [fact["type"] for fact in facts] == ["consent.granted", "consent.revoked"]
    assert not [word for word in SECRETS for fact in facts if word in fact["payload"]]

    await world.consented()
    assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is True, "another consent, again"
    await world.referrals.done(world.peer, world.referral_id, "resume")


async def test_an_offer_that_nobody_has_answered_is_withdrawn(consent_world: ConsentWorld) -> None:
    world = consent_world
    await world.revoked(await world.consented())
    seen = await world.referrals.seen(world.referral_id)
    assert (seen["status"], seen["status_reason"]) == ("cancelled", "consent_revoked")
    late = await world.referrals.command(world.peer, world.referral_id, "accept")
    assert (late.status_code, late.json()["code"]) == (409, "no_longer_offered")


async def test_another_consent_that_covers_keeps_everything_going(consent_world: ConsentWorld) -> None:
    world = consent_world
    first = await world.consented()
    await world.consented(recipient_organization_ids=None, recipient_class="peer_services")
    await world.accepted()
    await world.revoked(first)
    seen = await world.referrals.seen(world.referral_id, world.peer)
    assert (seen["status"], seen["identified"]) == ("accepted", True)


async def test_what_is_told_is_no_more_than_what_was_agreed_to(consent_world: ConsentWorld) -> None:
    world = consent_world
    await world.consented(information=["identity"])
    await world.accepted()
    seen = await world.referrals.seen(world.referral_id, world.peer)
    assert (seen["person"]["called"], seen["person"]["language"], seen["person"]["contact_preference"]) == (
        PREFERRED,
        None,
        None,
    )
    assert (seen["text"], seen["notes"]) == (None, [])
    assert (await world.peer.ask("GET", f"/people/{world.person_id}")).status_code == 404, "the record shows more"


async def test_what_does_not_cover_tells_nothing(consent_world: ConsentWorld) -> None:
    """Another discloser, another recipient, another purpose, a class that peers are not in, an end that has come."""
    world = consent_world
    await world.accepted()
    third = (await world.referrals.network.administrator.made("/organizations", {"name": "Elsewhere"}))["id"]
    administrator = world.referrals.network.administrator
    tpo = {
        "purposes": ["treatment_payment_operations"],
        "redisclosure_stated": True,
        "refusal_consequence_stated": True,
    }
    not_enough: list[dict[str, Any]] = [
        {"organization_id": third},
        {"recipient_organization_ids": [third]},
        {"recipient_organization_ids": None, "recipient_class": "treating_providers"},
        {"information": ["contact", "request"]},
        {"expires_at": in_days(-0.5)},
        {"intermediary_organization_id": third, "participant_organization_ids": [world.referrals.partner_id]}
        | {"recipient_organization_ids": None},
        tpo,
        tpo | {"expires_at": None, "expiry_event": "none"},
    ]
    for changes in not_enough:
        answer = await world.asked_to_consent(administrator, **changes)
        assert answer.status_code == 201, answer.text
        assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is False, changes
    assert await world.rows("SELECT * FROM disclosures") == []


async def test_a_consent_may_end_with_the_referral(consent_world: ConsentWorld) -> None:
    world = consent_world
    await world.consented(expires_at=None, expiry_event="end_of_referral")
    await world.accepted()
    assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is True
    await world.referrals.done(world.peer, world.referral_id, "complete", {"closing_word": "got_help"})
    assert (await world.referrals.seen(world.referral_id, world.peer))["identified"] is False


async def test_what_is_missing_is_named_element_by_element(consent_world: ConsentWorld) -> None:
    world = consent_world
    empty = await world.nurse.ask("POST", f"/people/{world.person_id}/consents", {})
    assert (empty.status_code, empty.json()["code"]) == (422, "consent_incomplete")
    assert {"pointer": "/information_text", "code": "description_missing"} in empty.json()["errors"]
    assert [one["element"] for one in empty.json()["missing"]][:2] == ["2.31(a)(2)", "2.31(a)(3)"]
    assert await world.rows("SELECT * FROM consents") == []


async def test_who_writes_consents_down_and_who_reads_them(consent_world: ConsentWorld) -> None:
    """Nobody writes for themselves that they may be told; a partner's list of consents would say who it is about."""
    world = consent_world
    refused = await world.asked_to_consent(world.referrals.lead)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert (await world.asked_to_consent(world.peer)).status_code == 403
    officer = world.referrals.caller(AccessRole.PRIVACY_OFFICER)
    consent = (await world.asked_to_consent(officer)).json()
    paths = (f"/people/{world.person_id}/consents", f"/consents/{consent['id']}")
    for caller in world.outsiders().values():
        listed = await caller.ask("GET", paths[0])
        assert (listed.status_code, listed.json()["items"]) == (200, [])
        assert (await caller.ask("GET", paths[1])).status_code == 404
        refused = await caller.ask("POST", f"{paths[1]}/revoke", {"method": "spoken"}, version=1)
        assert refused.status_code == 404
    for caller in (officer, world.nurse, world.referrals.network.administrator):
        assert [one["id"] for one in (await caller.ask("GET", paths[0])).json()["items"]] == [consent["id"]]
        assert (await caller.ask("GET", paths[1])).json()["terms"]["revocation_how"]
    nowhere = await world.nurse.ask("POST", f"/people/{consent['id']}/consents", world.signed())
    assert nowhere.status_code == 404


async def test_versions_and_keys(consent_world: ConsentWorld) -> None:
    world = consent_world
    path = f"/people/{world.person_id}/consents"
    body = world.signed()
    first, again = [await world.nurse.ask("POST", path, body, key="signed-1") for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    revoke = f"/consents/{first.json()['id']}/revoke"
    word = {"method": "written"}
    assert (await world.nurse.ask("POST", revoke, word)).status_code == 428
    assert (await world.nurse.ask("POST", revoke, word, version=7)).status_code == 412
    future = await world.nurse.ask("POST", revoke, word | {"occurred_at": in_days(1)}, version=1)
    assert future.json()["errors"] == [{"pointer": "/occurred_at", "code": "in_the_future"}]
    done, same = [await world.nurse.ask("POST", revoke, word, version=1, key="back-1") for _ in range(2)]
    assert (done.status_code, same.status_code, same.headers["Idempotent-Replayed"]) == (200, 200, "true")
    twice = await world.nurse.ask("POST", revoke, word, version=2)
    assert (twice.status_code, twice.json()["code"]) == (409, "illegal_move")
