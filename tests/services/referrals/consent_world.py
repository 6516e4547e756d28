"""A person, a house of peers that is asked about them without a name, and the consents that are on file."""

from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx2
import pytest

from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Caller
from tests.services.referrals.referral_world import ReferralWorld, in_days

GIVEN, FAMILY, PREFERRED, BORN = "Wilhelmina", "Placeholder", "Wren", "1971-03-04"
WORDS = "Asks for somebody who knows the night shift"
NOTE = "Keeps a canary called Biscuit"
ERRAND, ERRAND_DETAILS, ERRAND_NOTE = "Walk with Wilma to the housing office", "Bring the red folder", "The door code"
VISIT = "VISIT-4711"
SECRETS = (GIVEN, FAMILY, PREFERRED, BORN, WORDS, NOTE, ERRAND, ERRAND_DETAILS, ERRAND_NOTE, VISIT)
"""What tells who the person is, or what was written about them."""


@dataclass
class ConsentWorld:
    """Everything is the referral world's, with one de-identified referral to the partner."""

    referrals: ReferralWorld
    database: ServiceDatabase
    person_id: str
    referral_id: str
    programme_id: str
    known: dict[str, str] = field(default_factory=dict)

    @property
    def nurse(self) -> Caller:
        return self.referrals.nurse

    @property
    def peer(self) -> Caller:
        return self.referrals.peer

    def signed(self, **changes: Any) -> dict[str, Any]:
        """A whole consent: the clinic may tell the house of peers who it is, for a month."""
        return self.referrals.signed(**changes)

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

    async def worked_on(self) -> None:
        """The clinic also asks the partner's peer to do something, and plans to send the person into their programme."""
        network = self.referrals.network
        task = network.task(
            assignee_worker_id=self.referrals.peer_id, person_id=self.person_id, title=ERRAND, details=ERRAND_DETAILS
        )
        self.known["task_id"] = str((await self.nurse.made("/tasks", task))["id"])
        path = f"/tasks/{self.known['task_id']}/start"
        await self.peer.made(path, {"note": ERRAND_NOTE}, version=1)
        plan = {"person_id": self.person_id, "programme_id": self.programme_id, "visit_reference": VISIT}
        planned = await self.nurse.made("/transitions", plan | {"status": "planned", "expected_at": in_days(1)})
        self.known |= {"transition_id": str(planned["id"]), "handoff_id": str(planned["handoff_id"])}

    def outsiders(self) -> dict[str, Caller]:
        """Everybody of the partner's house: who is asked, who is not, and who answers for both."""
        world = self.referrals
        return {"peer": world.peer, "colleague": world.other_peer, "lead": world.lead}


async def hidden_referral(world: ReferralWorld, database: ServiceDatabase, *, model: str) -> ConsentWorld:
    """Somebody who has not agreed to anything, referred to the partner's peer under this model."""
    person = await world.person(
        agreed=False, given_name=GIVEN, family_name=FAMILY, preferred_name=PREFERRED, birth_date=BORN
    )
    programme = await world.programme(model, world.partner_id)
    await world.backup(programme)
    about: dict[str, Any] = {"programme_id": programme, "person_id": person}
    more: dict[str, Any] = {"recipient_worker_id": world.peer_id}
    if model == "transitional":
        planned = about | {"status": "planned", "expected_at": in_days(0.2)}
        more["transition_id"] = (await world.nurse.made("/transitions", planned))["id"]
    if model == "integrated_team":
        more["recipient_team_id"] = await world.team(
            "Both houses", world.partner_id, world.network.nurse_id, world.peer_id
        )
    made = await world.referred(text=WORDS, **about, **more)
    note = await world.nurse.ask("POST", f"/referrals/{made['id']}/feedback", {"text": NOTE})
    assert note.status_code == 201, note.text
    return ConsentWorld(
        referrals=world, database=database, person_id=person, referral_id=str(made["id"]), programme_id=programme
    )


@pytest.fixture
async def consent_world(referral_world: ReferralWorld, referrals_database: ServiceDatabase) -> ConsentWorld:
    """One de-identified referral waits for the partner's answer."""
    return await hidden_referral(referral_world, referrals_database, model="peer_run_partner")
