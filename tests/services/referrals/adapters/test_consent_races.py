"""Revoking against accepting, in both orders; handoffs and messages; and what the database holds by itself."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from services.referrals.adapters.entitlement_queries import EntitlementQueries
from services.referrals.use_cases.answer_entitlements import answer_entitlements
from shared.contracts.codes import AccessRole, SubjectKind
from shared.contracts.entitlements import EntitlementQuestion, EntitlementReason, EntitlementRequest
from tests.services.referrals.adapters.test_handoff_races import blocked, holding
from tests.services.referrals.consent_world import SECRETS, ConsentWorld
from tests.services.referrals.handoff_world import HandoffWorld


async def nothing_is_told(world: ConsentWorld) -> None:
    """The partner's peer finds the referral, and nobody in it."""
    for path in (f"/referrals/{world.referral_id}", "/referrals", "/people"):
        answer = await world.peer.ask("GET", path)
        assert not [word for word in (*SECRETS, world.person_id) if word in answer.text], path


async def test_accepted_first_then_revoked(consent_world: ConsentWorld) -> None:
    """The revocation waits for the row, and finds that it has been taken."""
    world = consent_world
    consent = await world.consented()
    connection, transaction = await holding(
        world.database,
        "UPDATE referrals SET status = 'accepted', accepted_at = now(), version = version + 1 WHERE id = $1",
        UUID(world.referral_id),
    )
    try:
        revoking = asyncio.create_task(world.revoked(consent))
        await asyncio.wait_for(blocked(world.database), timeout=10)
        await transaction.commit()
        await revoking
    finally:
        await connection.close()
    seen = await world.referrals.seen(world.referral_id)
    assert (seen["status"], seen["status_reason"]) == ("on_hold", "consent_revoked")
    await nothing_is_told(world)


async def test_revoked_first_then_accepted(consent_world: ConsentWorld) -> None:
    """The acceptance waits for the row, and finds that it is no longer offered."""
    world = consent_world
    consent = await world.consented()
    connection, transaction = await holding(
        world.database, "SELECT 1 FROM referrals WHERE id = $1 FOR UPDATE", UUID(world.referral_id)
    )
    try:
        revoking = asyncio.create_task(world.revoked(consent))
        await asyncio.wait_for(blocked(world.database), timeout=10)
        accepting = asyncio.create_task(world.referrals.command(world.peer, world.referral_id, "accept", version=1))
        await transaction.commit()
        await revoking
        answer = await accepting
    finally:
        await connection.close()
    seen = await world.referrals.seen(world.referral_id)
    assert (seen["status"], answer.status_code) in {("cancelled", 409), ("on_hold", 200)}, "whoever came first"
    await nothing_is_told(world)


async def test_two_revoke_at_once(consent_world: ConsentWorld) -> None:
    world = consent_world
    consent = await world.consented()
    path = f"/consents/{consent['id']}/revoke"
    answers = await asyncio.gather(*(world.nurse.ask("POST", path, {"method": "spoken"}, version=1) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await world.rows("SELECT * FROM consent_revocations")) == 1


async def entitled(app: FastAPI, world: Any, worker_id: str, kind: SubjectKind, subject_id: str) -> EntitlementReason:
    """The answer to notifications' question."""
    question = EntitlementQuestion(
        tenant_id=world.network.tenant_id,
        worker_id=UUID(worker_id),
        subject_kind=kind,
        subject_id=UUID(subject_id),
    )
    asked = EntitlementRequest(questions=(question,))
    answered = await answer_entitlements(asked, subjects=EntitlementQueries(app.state.resources.engine))
    return answered.answers[0].reason


async def test_a_handoff_to_a_partner_ends_and_nobody_is_told_any_more(world: HandoffWorld, app: FastAPI) -> None:
    """The nurse's clinic is beside the programme's house of peers: another organisation tells them."""
    administrator = world.network.administrator
    clinic = (await administrator.made("/organizations", {"name": "Clinic"}))["id"]
    body = {"organization_id": clinic, "display_name": "Nia Example", "practice_role": "nurse"}
    sender_id = (await administrator.made("/workers", body))["id"]
    sender = world.caller(AccessRole.CLINICIAN, sender_id)
    at_home = {"given_name": "Robin", "family_name": "Example", "language": "en"}
    person = (await sender.made("/people", at_home))["id"]
    start = {"person_id": person, "programme_id": world.network.programme_id, "status": "discharged"}
    begun = await sender.made("/transitions", start)
    asked = await world.offered_to(begun["handoff_id"])
    peer = world.peer(asked)
    signed = {
        "organization_id": clinic,
        "information": ["identity", "contact"],
        "information_text": "My name and number",
        "recipient_organization_ids": [world.network.organization_id],
        "purposes": ["care_coordination"],
        "right_to_revoke_acknowledged": True,
        "revocation_how": "Tell us",
        "expires_at": "2099-01-01T00:00:00Z",
        "signature_method": "electronic",
        "signed_by": "person",
        "signed_at": "2026-01-01T00:00:00Z",
    }
    first, second = [await sender.made(f"/people/{person}/consents", signed) for _ in range(2)]
    handoff = (SubjectKind.HANDOFF, begun["handoff_id"])
    await peer.ask("POST", f"/handoffs/{begun['handoff_id']}/accept", version=2)
    word = {"method": "written"}
    assert (await sender.ask("POST", f"/consents/{first['id']}/revoke", word, version=1)).status_code == 200
    assert await entitled(app, world, asked, *handoff) is EntitlementReason.OWNER, "another one stands"
    assert (await peer.ask("GET", f"/people/{person}")).status_code == 200
    assert (await sender.ask("POST", f"/consents/{second['id']}/revoke", word, version=1)).status_code == 200
    assert await entitled(app, world, asked, *handoff) is EntitlementReason.SUBJECT_CLOSED
    assert (await peer.ask("GET", f"/people/{person}")).status_code == 404
    seen = await world.handoff(begun["handoff_id"])
    assert (seen["state"], seen["timeline"][-1]["code"]) == ("withdrawn", "consent_revoked")
    custody = (await sender.ask("GET", f"/transitions/{begun['id']}")).json()
    assert custody["owner_worker_id"] == sender_id


async def test_a_referral_whose_consent_was_revoked_is_told_to_the_sender_only(
    consent_world: ConsentWorld, app: FastAPI
) -> None:
    world = consent_world
    about = (SubjectKind.REFERRAL, world.referral_id)
    asked = (app, world.referrals, world.referrals.peer_id, *about)
    assert await entitled(*asked) is EntitlementReason.ASSIGNED, "asked without a name: no consent was needed for that"
    consent = await world.consented()
    await world.accepted()
    assert await entitled(*asked) is EntitlementReason.ASSIGNED
    await world.revoked(consent)
    assert await entitled(*asked) is EntitlementReason.CONSENT_MISSING
    sender = world.referrals.network.nurse_id
    assert await entitled(app, world.referrals, sender, *about) is EntitlementReason.ASSIGNER


async def test_a_task_whose_consent_is_over_is_told_to_nobody(consent_world: ConsentWorld, app: FastAPI) -> None:
    world = consent_world
    consent = await world.consented()
    task = await world.nurse.made(
        "/tasks",
        world.referrals.network.task(assignee_worker_id=world.referrals.peer_id, person_id=world.person_id),
    )
    about = (world.referrals.peer_id, SubjectKind.TASK, task["id"])
    assert await entitled(app, world.referrals, *about) is EntitlementReason.ASSIGNED
    assert (await world.peer.ask("GET", f"/people/{world.person_id}")).status_code == 200
    await world.expired(consent)
    assert await entitled(app, world.referrals, *about) is EntitlementReason.CONSENT_MISSING
    assert (await world.peer.ask("GET", f"/people/{world.person_id}")).status_code == 404


IMPOSSIBLE = (
    'INSERT INTO consents SELECT (jsonb_populate_record(c, \'{"id": "%s", "information": []}\')).* FROM consents c',
    'INSERT INTO consents SELECT (jsonb_populate_record(c, \'{"id": "%s", "purposes": []}\')).* FROM consents c',
    'INSERT INTO consents SELECT (jsonb_populate_record(c, \'{"id": "%s", "expires_at": null}\')).* FROM consents c',
    'INSERT INTO consents SELECT (jsonb_populate_record(c, \'{"id": "%s", "organization_id": null}\')).* FROM consents c',
    "INSERT INTO consents SELECT (jsonb_populate_record(c,"
    ' \'{"id": "%s", "expires_at": null, "expiry_event": "none"}\')).* FROM consents c',
)


async def test_what_cannot_be_is_refused_by_the_database_itself(consent_world: ConsentWorld) -> None:
    world = consent_world
    await world.revoked(await world.consented())
    for number, statement in enumerate(IMPOSSIBLE):
        with pytest.raises(asyncpg.CheckViolationError):
            await world.rows(statement % UUID(int=number + 1))
    for table in ("consents", "consent_actors", "consent_revocations"):
        for statement in (f"UPDATE {table} SET tenant_id = tenant_id", f"DELETE FROM {table}"):
            with pytest.raises(asyncpg.PostgresError, match="append-only"):
                await world.rows(statement)
