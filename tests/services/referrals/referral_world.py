"""A network with two organisations: a clinic that refers, and a house of peers that is asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from shared.contracts.codes import AccessRole
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.conftest import Caller, Network


def in_days(days: float) -> str:
    """That many days from now (or before now)."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


@dataclass
class ReferralWorld:
    """What the tests of referrals talk about. `peer` and `other_peer` are the partner's, on its team."""

    network: Network
    http: httpx2.AsyncClient
    token_for: TokenFor
    partner_id: str = ""
    peer_id: str = ""
    other_peer_id: str = ""
    partner_lead_id: str = ""
    psychiatrist_id: str = ""
    case_manager_id: str = ""
    team_id: str = ""
    clinic_team_id: str = ""
    people: int = 0

    @property
    def nurse(self) -> Caller:
        return self.network.nurse

    @property
    def peer(self) -> Caller:
        return self.caller(AccessRole.PEER, self.peer_id)

    @property
    def other_peer(self) -> Caller:
        return self.caller(AccessRole.PEER, self.other_peer_id)

    @property
    def lead(self) -> Caller:
        return self.caller(AccessRole.SUPERVISOR, self.partner_lead_id)

    @property
    def psychiatrist(self) -> Caller:
        return self.caller(AccessRole.CLINICIAN, self.psychiatrist_id)

    @property
    def case_manager(self) -> Caller:
        return self.caller(AccessRole.CASE_MANAGER, self.case_manager_id)

    def caller(self, role: AccessRole, worker_id: str | None = None) -> Caller:
        """Somebody of this tenant."""
        worker = None if worker_id is None else UUID(worker_id)
        tenant_id = self.network.tenant_id
        return Caller(self.http, self.token_for(role, tenant_id=tenant_id, worker_id=worker), tenant_id)

    async def worker(self, name: str, role: str, organization_id: str) -> str:
        """Somebody new; a peer with a credential in force."""
        body = {"organization_id": organization_id, "display_name": name, "practice_role": role}
        worker_id = str((await self.network.administrator.made("/workers", body))["id"])
        if role == "peer_support_specialist":
            await self.certified(worker_id)
        return worker_id

    async def certified(self, worker_id: str) -> None:
        """A credential of Virginia, in force without end."""
        body = {"issuer": "Example Board", "number": f"EX-{worker_id}", "jurisdiction": "US-VA", "stage": "full"}
        await self.network.administrator.made(f"/workers/{worker_id}/credentials", body | {"issued_on": "2024-01-01"})

    async def credential(
        self, worker_id: str, *, expires_on: str | None = None, suspended_on: str | None = None
    ) -> None:
        """Their first credential has these dates from now on."""
        path = f"/workers/{worker_id}/credentials"
        held = (await self.network.administrator.ask("GET", path)).json()["items"][0]
        body = {"stage": "full", "expires_on": expires_on, "suspended_on": suspended_on}
        answer = await self.network.administrator.ask("PUT", f"{path}/{held['id']}", body, version=held["version"])
        assert answer.status_code == 200, answer.text

    async def team(self, name: str, organization_id: str, *members: str) -> str:
        """A team."""
        body = {"organization_id": organization_id, "name": name, "member_worker_ids": list(members)}
        return str((await self.network.administrator.made("/teams", body))["id"])

    async def programme(self, model: str, organization_id: str | None = None, **more: Any) -> str:
        """A programme of that model."""
        body = {
            "organization_id": organization_id or self.network.organization_id,
            "name": f"Programme {model}",
            "setting": "outpatient",
            "jurisdiction": "US-VA",
            "time_zone": "America/New_York",
            "integration_model": model,
            "duty_owner_worker_id": self.network.supervisor_id,
            "protocol_code": "standard",
            "calendar_code": "weekdays",
        } | more
        return str((await self.network.administrator.made("/programmes", body))["id"])

    async def backup(self, programme_id: str) -> None:
        """The clinic's team stands behind the programme, by the psychiatrist's name."""
        body = {"team_id": self.clinic_team_id, "worker_id": self.psychiatrist_id}
        path = f"/programmes/{programme_id}/clinical-backup"
        answer = await self.network.administrator.ask("PUT", path, body)
        assert answer.status_code == 200, answer.text

    async def person(self, *, agreed: bool = True, **changes: Any) -> str:
        """Somebody to walk with, who agreed that the house of peers is told who they are (unless told otherwise)."""
        self.people += 1
        body = {"given_name": "Robin", "family_name": f"Example{self.people}", "language": "en"} | changes
        person_id = str((await self.nurse.made("/people", body))["id"])
        if agreed:
            await self.nurse.made(f"/people/{person_id}/consents", self.signed())
        return person_id

    def signed(self, **changes: Any) -> dict[str, Any]:
        """A whole consent: the clinic may tell the house of peers who it is, for a month."""
        body = {
            "organization_id": self.network.organization_id,
            "information": ["identity", "contact", "request"],
            "information_text": "My name, how to reach me, and what I would like help with",
            "recipient_organization_ids": [self.partner_id],
            "purposes": ["care_coordination"],
            "right_to_revoke_acknowledged": True,
            "revocation_how": "Tell anybody on your team, or write to the front desk",
            "expires_at": in_days(30),
            "signature_method": "paper",
            "signed_by": "person",
            "signed_at": in_days(-1),
        } | changes
        return {name: value for name, value in body.items() if value is not None}

    async def wish(self, **more: Any) -> dict[str, Any]:
        """The nurse wants a peer of the partner for somebody, in a co-located programme unless told otherwise."""
        body = {
            "programme_id": more.pop("programme_id", None) or await self.programme("co_located"),
            "person_id": more.pop("person_id", None) or await self.person(),
            "need": "peer_support",
            "kind": "peer_service",
        }
        if not {"recipient_worker_id", "recipient_team_id"} & set(more):
            body["recipient_worker_id"] = self.peer_id
        return body | more

    async def referred(self, *, by: Caller | None = None, **more: Any) -> dict[str, Any]:
        """A referral."""
        return await (by or self.nurse).made("/referrals", await self.wish(**more))

    async def seen(self, referral_id: str, by: Caller | None = None) -> dict[str, Any]:
        """A referral as somebody sees it (the nurse, unless told otherwise)."""
        answer = await (by or self.nurse).ask("GET", f"/referrals/{referral_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def command(
        self, caller: Caller, referral_id: str, name: str, body: Any = None, **more: Any
    ) -> httpx2.Response:
        """A command at the version that the caller sees now, unless told otherwise."""
        version = more.pop("version", None)
        if version is None:
            found = await caller.ask("GET", f"/referrals/{referral_id}")
            version = found.json().get("version", 1)
        return await caller.ask("POST", f"/referrals/{referral_id}/{name}", body or {}, version=version, **more)

    async def done(self, caller: Caller, referral_id: str, name: str, body: Any = None) -> dict[str, Any]:
        """The same, which must be a success."""
        answer = await self.command(caller, referral_id, name, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def listed(self, caller: Caller, **asked: Any) -> list[str]:
        """Ids on the first page of a list."""
        answer = await caller.ask("GET", "/referrals", params=asked)
        assert answer.status_code == 200, answer.text
        return [line["id"] for line in answer.json()["items"]]


@pytest.fixture
async def referral_world(network: Network, client: httpx2.AsyncClient, token_for: TokenFor) -> ReferralWorld:
    """The clinic is the network's own organisation; the house of peers is beside it."""
    world = ReferralWorld(network=network, http=client, token_for=token_for)
    partner = await network.administrator.made("/organizations", {"name": "Lantern House"})
    world.partner_id = str(partner["id"])
    await world.certified(network.peer_id)
    role = "peer_support_specialist"
    world.peer_id = await world.worker("Ash Example", role, world.partner_id)
    world.other_peer_id = await world.worker("Birch Example", role, world.partner_id)
    world.partner_lead_id = await world.worker("Lee Example", "peer_supervisor", world.partner_id)
    world.psychiatrist_id = await world.worker("Quinn Example", "psychiatrist", network.organization_id)
    world.case_manager_id = await world.worker("Cam Example", "case_manager", network.organization_id)
    world.team_id = await world.team("Lantern team", world.partner_id, world.peer_id, world.other_peer_id)
    world.clinic_team_id = await world.team(
        "Clinic team", network.organization_id, network.nurse_id, world.psychiatrist_id, network.peer_id
    )
    return world
