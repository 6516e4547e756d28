"""A person, a house of peers that is asked about them without a name, and the consents that are on file."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Caller
from tests.services.referrals.referral_world import ReferralWorld

GIVEN, FAMILY, PREFERRED, BORN = "Wilhelmina", "Placeholder", "Wren", "1971-03-04"
WORDS = "Asks for somebody who knows the night shift"
NOTE = "Keeps a canary called Biscuit"
SECRETS = (GIVEN, FAMILY, PREFERRED, BORN, WORDS, NOTE)
"""What tells who the person is, or what was written about them."""


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


@dataclass
class ConsentWorld:
    """Everything is the referral world's, with one de-identified referral to the partner."""

    referrals: ReferralWorld
    database: ServiceDatabase
    person_id: str
    referral_id: str
    programme_id: str

    @property
    def nurse(self) -> Caller:
        return self.referrals.nurse

    @property
    def peer(self) -> Caller:
        return self.referrals.peer

    def signed(self, **changes: Any) -> dict[str, Any]:
        """A whole consent: the clinic may tell the house of peers who it is, for a month."""
        body = {
            "organization_id": self.referrals.network.organization_id,
            "information": ["identity", "contact", "request"],
            "information_text": "My name, how to reach me, and what I would like help with",
            "recipient_organization_ids": [self.referrals.partner_id],
            "purposes": ["care_coordination"],
            "right_to_revoke_acknowledged": True,
            "revocation_how": "Tell anybody on your team, or write to the front desk",
            "expires_at": in_days(30),
            "signature_method": "paper",
            "signed_by": "person",
            "signed_at": in_days(-1),
        } | changes
        return {name: value for name, value in body.items() if value is not None}

    async def asked_to_consent(self, by: Caller | None = None, **changes: Any) -> httpx2.Response:
        """Somebody hands a paper in."""
        return await (by or self.nurse).ask("POST", f"/people/{self.person_id}/consents", self.signed(**changes))

    async def consented(self, **changes: Any) -> dict[str, Any]:
        """The same, and it was whole."""
        answer = await self.asked_to_consent(**changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def revoked(self, consent: dict[str, Any], by: Caller | None = None) -> dict[str, Any]:
        """The person takes it back."""
        path = f"/consents/{consent['id']}/revoke"
        answer = await (by or self.nurse).ask("POST", path, {"method": "spoken"}, version=1)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def expired(self, consent: dict[str, Any]) -> None:
        """Its last day passes. Only the owner of the tables could do that to the record; the calendar needs no leave."""
        connection = await asyncpg.connect(self.database.owner_url)
        try:
            await connection.execute("ALTER TABLE consents DISABLE TRIGGER USER")
            await connection.execute("UPDATE consents SET expires_at = now() WHERE id = $1", consent["id"])
            await connection.execute("ALTER TABLE consents ENABLE TRIGGER USER")
        finally:
            await connection.close()

    async def rows(self, query: str, *values: Any) -> list[Any]:
        """What stands in the database."""
        connection = await asyncpg.connect(self.database.runtime_url)
        try:
            return list(await connection.fetch(query, *values))
        finally:
            await connection.close()

    async def accepted(self) -> None:
        """The partner's peer takes it on."""
        await self.referrals.done(self.peer, self.referral_id, "accept")

    def outsiders(self) -> dict[str, Caller]:
        """Everybody of the partner's house: who is asked, who is not, and who answers for both."""
        world = self.referrals
        return {"peer": world.peer, "colleague": world.other_peer, "lead": world.lead}


@pytest.fixture
async def consent_world(referral_world: ReferralWorld, referrals_database: ServiceDatabase) -> ConsentWorld:
    """One de-identified referral waits for the partner's answer."""
    world = referral_world
    person = await world.person(given_name=GIVEN, family_name=FAMILY, preferred_name=PREFERRED, birth_date=BORN)
    programme = await world.programme("peer_run_partner", world.partner_id)
    await world.backup(programme)
    made = await world.referred(programme_id=programme, person_id=person, recipient_worker_id=world.peer_id, text=WORDS)
    note = await world.nurse.ask("POST", f"/referrals/{made['id']}/feedback", {"text": NOTE})
    assert note.status_code == 201, note.text
    return ConsentWorld(
        referrals=world,
        database=referrals_database,
        person_id=person,
        referral_id=str(made["id"]),
        programme_id=programme,
    )
