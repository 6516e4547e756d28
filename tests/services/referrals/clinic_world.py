"""Everything that one house can have of its own, none of which is another one's business."""

from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.consent_world import (
    BORN,
    ERRAND,
    ERRAND_DETAILS,
    FAMILY,
    GIVEN,
    PREFERRED,
    VISIT,
)
from tests.services.referrals.consent_world import WORDS as REQUEST
from tests.services.referrals.referral_world import ReferralWorld, in_days
from tests.services.referrals.sheet_stories import WORDS as WISHES

TEXTS = (GIVEN, FAMILY, PREFERRED, BORN, REQUEST, ERRAND, ERRAND_DETAILS, VISIT, WISHES)
ABOUT_SOMEBODY = ("person_id", "task_id", "referral_id", "transition_id", "handoff_id", "consent_id", "entry_id")


@dataclass
class ClinicWorld:
    """One of everything, in the clinic; `ids` by the name that a route gives them."""

    referrals: ReferralWorld
    database: ServiceDatabase
    ids: dict[str, str]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What tells who somebody is, what was written of them, and that anything was."""
        return (*TEXTS, *(self.ids[name] for name in ABOUT_SOMEBODY))

    async def fingerprint(self) -> dict[str, str]:
        """Every table as one word: whatever was changed anywhere shows."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = sorted(row["tablename"] for row in found)
            return {
                table: await connection.fetchval(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
                )
                for table in tables
            }
        finally:
            await connection.close()


@pytest.fixture
async def clinic_world(referral_world: ReferralWorld, referrals_database: ServiceDatabase) -> ClinicWorld:
    """Somebody whom the clinic walks with, and everything that is written there about them and their team."""
    world, network = referral_world, referral_world.network
    nurse, supervisor = network.nurse, network.supervisor
    person = await world.person(
        agreed=False, given_name=GIVEN, family_name=FAMILY, preferred_name=PREFERRED, birth_date=BORN
    )
    shelter = str((await network.administrator.made("/organizations", {"name": "Quay Shelter"}))["id"])
    knows = await world.worker("Kai Example", "peer_support_specialist", network.organization_id)
    ids = {
        "person_id": person,
        "organization_id": network.organization_id,
        "programme_id": network.programme_id,
        "team_id": world.clinic_team_id,
        "worker_id": network.peer_id,
    }

    async def has(name: str, path: str, body: dict[str, Any], by: Any = nurse) -> dict[str, Any]:
        made = await by.made(path, body)
        ids[name] = str(made["id"])
        return made

    credential = {"issuer": "Board", "number": "1", "jurisdiction": "US-VA", "stage": "full", "issued_on": "2025-01-01"}
    await has("credential_id", f"/workers/{network.peer_id}/credentials", credential, supervisor)
    await has("absence_id", f"/workers/{network.peer_id}/absences", {"starts_at": in_days(9)}, supervisor)
    shift = {"worker_id": network.peer_id, "duty": "peer", "starts_at": in_days(8), "ends_at": in_days(9)}
    await has("shift_id", f"/programmes/{network.programme_id}/shifts", shift, supervisor)
    acquainted = {"worker_id": knows, "person_id": person}
    await has("entry_id", f"/programmes/{network.programme_id}/dual-relationships", acquainted, supervisor)
    await has("task_id", "/tasks", network.task(person_id=person, title=ERRAND, details=ERRAND_DETAILS))
    wish = await world.wish(person_id=person, recipient_worker_id=network.peer_id, text=REQUEST)
    await has("referral_id", "/referrals", wish)
    paper = world.signed(recipient_organization_ids=[shelter])
    await has("consent_id", f"/people/{person}/consents", paper)
    leaving = {"person_id": person, "programme_id": network.programme_id, "status": "discharged"}
    begun = await has("transition_id", "/transitions", leaving | {"visit_reference": VISIT})
    ids["handoff_id"] = begun["handoff_id"]
    said = {"wishes": {"reported_by": "person", "content": {"words": WISHES}}}
    written = await nurse.ask("PATCH", f"/handoffs/{begun['handoff_id']}/sheet", said, version=1)
    assert written.status_code == 200, written.text
    return ClinicWorld(referrals=world, database=referrals_database, ids=ids)
