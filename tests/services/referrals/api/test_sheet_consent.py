"""A peer of another organisation accepts: the person's consent decides which parts of the sheet they read, and nothing else does."""

from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
import pytest

from services.referrals.domain.redisclosure import STATEMENT
from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Caller
from tests.services.referrals.handoff_world import HandoffWorld
from tests.services.referrals.referral_world import in_days
from tests.services.referrals.sheet_stories import REACH_AT, SECRETS, WHOLE, WORDS


@dataclass
class TwoHouses:
    """The clinic sends; the peer who accepted, and everybody else here, belongs to the house next door."""

    world: HandoffWorld
    database: ServiceDatabase
    person_id: str
    handoff_id: str
    partner_id: str
    readers: dict[str, Caller]

    @property
    def path(self) -> str:
        return f"/handoffs/{self.handoff_id}/sheet"

    async def consented(self, *information: str) -> dict[str, Any]:
        body = {
            "organization_id": self.world.network.organization_id,
            "information": ["identity", *information],
            "information_text": "What stands on my sheet",
            "recipient_organization_ids": [self.partner_id],
            "purposes": ["care_coordination"],
            "right_to_revoke_acknowledged": True,
            "revocation_how": "Tell anybody on your team",
            "expires_at": in_days(30),
            "signature_method": "paper",
            "signed_by": "person",
            "signed_at": in_days(-1),
        }
        return await self.world.nurse.made(f"/people/{self.person_id}/consents", body)

    async def told(self) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database.runtime_url)
        try:
            return list(await connection.fetch("SELECT to_worker_id, description FROM handoff_disclosures"))
        finally:
            await connection.close()


@pytest.fixture
async def houses(world: HandoffWorld, referrals_database: ServiceDatabase) -> TwoHouses:
    """A whole sheet, and a handoff that somebody next door has accepted. Nobody has consented to anything yet."""
    administrator = world.network.administrator
    partner = str((await administrator.made("/organizations", {"name": "Open Door House"}))["id"])
    await world.change_team(leaving=world.peers)
    peer = await world.add_peer("Peer Next Door", organization_id=partner)
    others = {}
    for name, role in (("lead", "peer_supervisor"), ("nurse_there", "nurse"), ("colleague", "peer_support_specialist")):
        body = {"organization_id": partner, "display_name": name, "practice_role": role}
        others[name] = str((await administrator.made("/workers", body))["id"])
    # under the other models nobody next door is asked before there is a consent
    unnamed = {
        "organization_id": world.network.organization_id,
        "name": "Next door",
        "setting": "outpatient",
        "jurisdiction": "US-VA",
        "time_zone": "America/New_York",
        "integration_model": "peer_run_partner",
        "duty_owner_worker_id": world.network.supervisor_id,
        "protocol_code": "standard",
    }
    programme = await administrator.made("/programmes", unnamed)
    begun = await world.discharged(programme_id=programme["id"])
    handoff_id = begun["handoff_id"]
    assert await world.offered_to(handoff_id) == peer
    await world.done(world.peer(peer), handoff_id, "accept")
    written = await world.nurse.ask("PATCH", f"/handoffs/{handoff_id}/sheet", WHOLE, version=1)
    assert written.status_code == 200, written.text
    readers = {
        "peer": world.peer(peer),
        "lead": world.caller(AccessRole.SUPERVISOR, others["lead"]),
        "nurse_there": world.caller(AccessRole.CLINICIAN, others["nurse_there"]),
        "colleague": world.peer(others["colleague"]),
    }
    return TwoHouses(
        world=world,
        database=referrals_database,
        person_id=begun["person_id"],
        handoff_id=handoff_id,
        partner_id=partner,
        readers=readers,
    )


def words_in(answer: httpx2.Response) -> list[str]:
    return [word for word in SECRETS if word in answer.text]


async def test_without_a_consent_not_a_word_leaves_the_house(houses: TwoHouses) -> None:
    for reader, caller in houses.readers.items():
        for path in (houses.path, f"{houses.path}?version=2", f"{houses.path}/revisions"):
            answer = await caller.ask("GET", path)
            assert words_in(answer) == [], (reader, path)
            if reader == "colleague" or path != houses.path:
                assert answer.status_code == 404
            else:
                sheet = answer.json()
                assert (len(sheet["withheld"]), sheet["missing"], sheet["notice"]) == (8, [], None)
                assert sheet["crisis_line"] == "988"
    assert await houses.told() == []


async def test_a_consent_tells_the_parts_it_speaks_of_with_the_notice_and_leaves_a_trace(houses: TwoHouses) -> None:
    await houses.consented("request")
    for reader in ("peer", "lead", "nurse_there"):
        answer = await houses.readers[reader].ask("GET", houses.path)
        sheet = answer.json()
        assert sheet["parts"]["wishes"]["content"]["words"] == WORDS
        assert (sheet["withheld"], sheet["parts"]["contact"]) == (["contact"], None)
        assert REACH_AT not in answer.text
        assert sheet["notice"]["statement"] == STATEMENT
        assert sheet["consents"] == [], "the person's consents are told to the house that keeps them"
    assert (await houses.readers["colleague"].ask("GET", houses.path)).status_code == 404
    assert len({row["to_worker_id"] for row in await houses.told()}) == 3
    own = (await houses.world.nurse.ask("GET", houses.path)).json()
    assert (own["notice"], own["withheld"]) == (None, [])
    (consent,) = own["consents"]
    assert (consent["recipients"], consent["information"]) == (["Open Door House"], ["identity", "request"])
    assert consent["revocation_how"] == "Tell anybody on your team"


async def test_what_may_not_be_read_may_not_be_overwritten(houses: TwoHouses) -> None:
    await houses.consented("request")
    peer = houses.readers["peer"]
    both = {name: WHOLE[name] for name in ("wishes", "contact")}
    refused = await peer.ask("PATCH", houses.path, both, version=2)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    kept = await peer.ask("PATCH", houses.path, {"wishes": WHOLE["wishes"]}, version=2)
    assert (kept.status_code, kept.json()["version"]) == (200, 3)


async def test_a_consent_that_is_taken_back_takes_the_words_along(houses: TwoHouses) -> None:
    consent = await houses.consented("contact", "request")
    peer = houses.readers["peer"]
    assert len(words_in(await peer.ask("GET", houses.path))) == len(SECRETS)
    key = {"version": 2, "key": "the-same-again"}
    assert (await peer.ask("PATCH", houses.path, {"wishes": WHOLE["wishes"]}, **key)).status_code == 200
    path = f"/consents/{consent['id']}/revoke"
    assert (await houses.world.nurse.ask("POST", path, {"method": "spoken"}, version=1)).status_code == 200
    for caller in houses.readers.values():
        assert words_in(await caller.ask("GET", houses.path)) == []
    replayed = await peer.ask("PATCH", houses.path, {"wishes": WHOLE["wishes"]}, **key)
    assert words_in(replayed) == []
    assert (await houses.world.nurse.ask("GET", houses.path)).json()["consents"] == []
