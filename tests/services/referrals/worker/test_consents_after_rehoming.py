"""Whoever sent somebody has left, and the programme's duty owner of another house holds custody: the consent is still between the two houses."""

from typing import Any

import pytest
from fastapi import FastAPI

from services.referrals.main import worker_parts
from services.referrals.settings import ReferralsSettings
from shared.contracts.codes import SubjectKind
from shared.contracts.entitlements import EntitlementReason
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.adapters.test_consent_races import entitled
from tests.services.referrals.api.test_across_organizations import certified, handed_off, somebody
from tests.services.referrals.consent_world import ConsentWorld
from tests.services.referrals.referral_world import ReferralWorld
from tests.services.referrals.worker.test_rehoming import leaves, swept


@pytest.fixture
async def rehomed(
    referral_world: ReferralWorld, referrals_database: ServiceDatabase, app: FastAPI, settings: ReferralsSettings
) -> ConsentWorld:
    """The partner's peer has accepted by a consent, and the nurse who sent them has left."""
    world = referral_world
    await certified(world)
    handed = await handed_off(world, referrals_database, "peer_run_partner", await world.person(agreed=False))
    handed.known["consent_id"] = (await handed.consented())["id"]
    path = f"/handoffs/{handed.referral_id}"
    seen = (await world.nurse.ask("GET", path)).json()
    accepted = await somebody(world, seen).ask("POST", f"{path}/accept", version=seen["version"])
    assert accepted.status_code == 200, accepted.text
    handed.known["peer_id"] = seen["next"]["worker_id"]
    await leaves(world, world.network.nurse_id)
    assert await swept(worker_parts(settings, resources=app.state.resources)) == 1
    assert (await _transition(handed))["owner_worker_id"] == world.partner_lead_id
    return handed


async def _transition(handed: ConsentWorld) -> dict[str, Any]:
    found = await handed.referrals.lead.ask("GET", f"/transitions/{handed.known['transition_id']}")
    return dict(found.json())


async def test_taking_it_back_stops_the_handoff(rehomed: ConsentWorld) -> None:
    await rehomed.revoked({"id": rehomed.known["consent_id"]}, by=rehomed.referrals.psychiatrist)
    rows = await rehomed.rows("SELECT state FROM handoffs WHERE id = $1", rehomed.referral_id)
    assert [row["state"] for row in rows] == ["withdrawn"]


async def test_nobody_is_written_to_once_it_has_expired(rehomed: ConsentWorld, app: FastAPI) -> None:
    about = {"worker_id": rehomed.known["peer_id"], "kind": SubjectKind.HANDOFF, "subject_id": rehomed.referral_id}
    assert await entitled(app, rehomed.referrals, **about) is EntitlementReason.OWNER
    await rehomed.expired({"id": rehomed.known["consent_id"]})
    assert await entitled(app, rehomed.referrals, **about) is EntitlementReason.CONSENT_MISSING
