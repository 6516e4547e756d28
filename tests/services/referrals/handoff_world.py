"""A network with peers to ask: the frame's network, a team of its own, credentials and people."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from shared.contracts.codes import AccessRole
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.conftest import Caller, Network


@dataclass
class HandoffWorld:
    """What the tests of handoffs talk about. `peers` are in order of id, which is the matcher's last tie-breaker."""

    network: Network
    http: httpx2.AsyncClient
    token_for: TokenFor
    team_id: str = ""
    peers: list[str] = field(default_factory=list)
    people: int = 0

    @property
    def nurse(self) -> Caller:
        return self.network.nurse

    @property
    def supervisor(self) -> Caller:
        return self.network.supervisor

    def caller(self, role: AccessRole, worker_id: str | None = None) -> Caller:
        """Somebody of this tenant."""
        worker = None if worker_id is None else UUID(worker_id)
        tenant_id = self.network.tenant_id
        return Caller(self.http, self.token_for(role, tenant_id=tenant_id, worker_id=worker), tenant_id)

    def peer(self, worker_id: str) -> Caller:
        return self.caller(AccessRole.PEER, worker_id)

    async def add_peer(self, name: str, **changes: Any) -> str:
        """A peer with a credential, on the team."""
        administrator = self.network.administrator
        credential = changes.pop("credential", {})
        body = {
            "organization_id": self.network.organization_id,
            "display_name": name,
            "practice_role": "peer_support_specialist",
            "languages": ["en"],
        } | changes
        worker_id = str((await administrator.made("/workers", body))["id"])
        if credential is not None:
            await self.certify(worker_id, **credential)
        await self.change_team(joining=[worker_id])
        self.peers.append(worker_id)
        return worker_id

    async def change_team(self, **members: list[str]) -> None:
        """Let workers join or leave the team."""
        administrator, path = self.network.administrator, f"/teams/{self.team_id}"
        version = (await administrator.ask("GET", path)).json()["version"]
        await administrator.made(f"{path}/members", members, version=version)

    async def certify(self, worker_id: str, **changes: Any) -> None:
        """Give a worker a credential in good standing."""
        body = {
            "issuer": "Example Board",
            "number": f"EX-{worker_id}",
            "jurisdiction": "US-VA",
            "stage": "full",
            "issued_on": "2024-01-01",
            "expires_on": "2099-12-31",
        } | changes
        await self.network.administrator.made(f"/workers/{worker_id}/credentials", body)

    async def person(self, **changes: Any) -> str:
        """Somebody to walk with."""
        self.people += 1
        body = {"given_name": "Robin", "family_name": f"Example{self.people}", "language": "en"} | changes
        return str((await self.nurse.made("/people", body))["id"])

    async def planned(self, **changes: Any) -> dict[str, Any]:
        """A planned transition, by the nurse."""
        body = {
            "person_id": changes.pop("person_id", None) or await self.person(),
            "programme_id": self.network.programme_id,
            "status": "planned",
            "expected_at": (datetime.now(UTC) + timedelta(hours=5)).isoformat(),
        } | changes
        return await self.nurse.made("/transitions", body)

    async def discharged(self, **changes: Any) -> dict[str, Any]:
        """A transition discharged at once, by the nurse."""
        body = {
            "person_id": changes.pop("person_id", None) or await self.person(),
            "programme_id": self.network.programme_id,
            "status": "discharged",
        } | changes
        return await self.nurse.made("/transitions", body)

    async def handoff(self, handoff_id: str, *, by: Caller | None = None) -> dict[str, Any]:
        """A handoff as the supervisor (or somebody else) sees it."""
        answer = await (by or self.supervisor).ask("GET", f"/handoffs/{handoff_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def command(
        self, caller: Caller, handoff_id: str, name: str, body: Any = None, **more: Any
    ) -> httpx2.Response:
        """A command on a handoff, at the version it has now unless told otherwise."""
        version = more.pop("version", None) or (await self.handoff(handoff_id))["version"]
        return await caller.ask("POST", f"/handoffs/{handoff_id}/{name}", body, version=version, **more)

    async def done(self, caller: Caller, handoff_id: str, name: str, body: Any = None) -> dict[str, Any]:
        """The same, which must be a success."""
        answer = await self.command(caller, handoff_id, name, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def move(self, caller: Caller, transition_id: str, name: str, body: Any = None) -> httpx2.Response:
        """A command on a transition, at the version it has now."""
        seen = await self.supervisor.ask("GET", f"/transitions/{transition_id}")
        version = seen.json()["version"]
        return await caller.ask("POST", f"/transitions/{transition_id}/{name}", body, version=version)

    async def transition(self, transition_id: str) -> dict[str, Any]:
        """A transition with its custody line, as the supervisor sees it."""
        answer = await self.supervisor.ask("GET", f"/transitions/{transition_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def offered_to(self, handoff_id: str) -> str:
        """Whom the open offer is made to."""
        found = await self.handoff(handoff_id)
        return next(offer["worker_id"] for offer in found["offers"] if offer["status"] == "open")


@pytest.fixture
async def world(network: Network, client: httpx2.AsyncClient, token_for: TokenFor) -> HandoffWorld:
    """Three peers in good standing on the programme's team."""
    world = HandoffWorld(network=network, http=client, token_for=token_for)
    team = await network.administrator.made(
        "/teams", {"organization_id": network.organization_id, "name": "Bridges team"}
    )
    world.team_id = str(team["id"])
    for name in ("Peer Ash Example", "Peer Birch Example", "Peer Cedar Example"):
        await world.add_peer(name)
    return world


def kinds(handoff: dict[str, Any]) -> list[str]:
    """What happened, in order."""
    return [fact["kind"] for fact in handoff["timeline"]]


async def accepted(world: HandoffWorld) -> tuple[str, str, str]:
    """(transition id, handoff id, acceptor's worker id) of a handoff that somebody accepted."""
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    peer = await world.offered_to(handoff_id)
    await world.done(world.peer(peer), handoff_id, "accept")
    return begun["id"], handoff_id, peer
