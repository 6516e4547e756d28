"""A whole Handrail on a folder of its own, with a small network in it, for real browsers to visit."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from handrail.demo.api import Api, Visitor, addresses_of
from handrail.demo.loading import Registry, load
from handrail.demo.network import MAIL_DOMAIN, PASSWORD, Network, load_network
from handrail.demo.sheets import sheet_of
from handrail.runtime.process_states import read_status
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

WORKERS = ("mika", "dora", "fay", "gus", "silas")
"""A therapist, a case manager, two peers and their supervisor."""


def small_network() -> Network:
    """One programme of the demo network, with few people in it, and one next door that is referred to."""
    whole = load_network().model_dump(mode="json")
    community = next(one for one in whole["programmes"] if one["key"] == "community")
    next_door = {"key": "next_door", "name": "Morningside Front Door", "integration_model": "co_located"}
    people = [
        {"count": 2, "programme": "community", "stage": "planned", "in_hours": 20, "sender": "mika"},
        {"count": 2, "programme": "community", "stage": "accepted", "ago_days": 1, "sender": "mika"},
        {"count": 2, "programme": "community", "stage": "contacted", "ago_days": 5, "sender": "mika"},
    ]
    return Network.model_validate(
        whole
        | {
            "programmes": [community, community | next_door],
            "workers": [one for one in whole["workers"] if one["key"] in WORKERS],
            "people": people,
        }
    )


@dataclass(kw_only=True)
class Living:
    """What runs. `api` speaks to the services as any client does."""

    state: StateFolder
    api: Api
    registry: Registry
    cookies: dict[str, Any] = field(default_factory=dict)
    therapist: Visitor | None = None

    @property
    def console(self) -> str:
        """The console's address."""
        status = read_status(self.state.status_file)
        assert status is not None
        return next(f"http://{one['address']}" for one in status["processes"] if one["name"] == "console-api")

    def process_of(self, name: str) -> int:
        """The process of a service."""
        status = read_status(self.state.status_file)
        assert status is not None
        return next(int(one["pid"]) for one in status["processes"] if one["name"] == name)

    async def sender(self) -> Visitor:
        """The therapist. A sign-in costs a slow hash on purpose, so there is one for the whole run."""
        if self.therapist is None:
            self.therapist = await self.api.sign_in(f"mika@{MAIL_DOMAIN}", PASSWORD)
        return self.therapist

    async def offer(self, name: str = "Lark") -> "Offered":
        """Somebody of this name has left: a handoff that one of the peers is asked about."""
        sender = await self.sender()
        person = {"given_name": name, "family_name": "Testcase", "contact_preference": "call"}
        made = await sender.ask(Service.REFERRALS, "POST", "/people", body=person, key=str(uuid4()))
        body = {
            "person_id": made.body["id"],
            "programme_id": self.registry.programmes["community"],
            "status": "discharged",
        }
        begun = (await sender.ask(Service.REFERRALS, "POST", "/transitions", body=body)).body
        read = (await sender.get(Service.REFERRALS, f"/handoffs/{begun['handoff_id']}")).body
        asked = next(one for one in read["offers"] if one["status"] == "open")
        return Offered(handoff_id=begun["handoff_id"], peer=self.registry.worker_key(asked["worker_id"]))

    async def met(self) -> str:
        """A handoff whose person a peer walks with already, with a task about them."""
        sender = await self.sender()
        handoff = (await sender.get(Service.REFERRALS, "/handoffs?state=contacted")).body["items"][0]
        transition = (await sender.get(Service.REFERRALS, f"/transitions/{handoff['transition_id']}")).body
        await self.ask_for("Go with them to the library", about=transition["person_id"])
        return str(handoff["id"])

    async def with_sheet(self, *, peer: str | None = None) -> str:
        """A handoff with a whole sheet: of somebody who is about to leave, or with whom this peer walks."""
        sender = await self.sender()
        lines = (await sender.get(Service.REFERRALS, "/handoffs?limit=100")).body["items"]
        states = {"preparing"} if peer is None else {"accepted", "introduced", "contacted"}
        worker = None if peer is None else self.registry.workers[peer]
        handoff = next(one for one in lines if one["state"] in states and worker in (None, one["worker_id"]))
        path = f"/handoffs/{handoff['id']}/sheet"
        sheet = await sender.get(Service.REFERRALS, path)
        said = sheet_of(0, left_at=datetime.now(UTC), introduced_by="Mika Sample", with_whom="Dora Sample")
        if sheet.body["missing"]:
            await sender.ask(Service.REFERRALS, "PATCH", path, body=said, if_match=sheet.etag)
        return str(handoff["id"])

    async def ask_for(self, title: str, *, of: str = "fay", about: str | None = None) -> dict[str, Any]:
        """The answer to a task that the therapist asks for; outside the role it is a problem document."""
        sender = await self.sender()
        body = {
            "programme_id": self.registry.programmes["community"],
            "assignee_worker_id": self.registry.workers[of],
            "person_id": about,
            "title": title,
        }
        answer = await sender.ask(
            Service.REFERRALS, "POST", "/tasks", body=body, key=str(uuid4()), expect={201, 202, 409}
        )
        content: dict[str, Any] = answer.body
        return content

    async def referral(self, text: str = "Go with them to the library", *, name: str = "Linnet") -> str:
        """Somebody of this name is referred to the community team; the first of its peers who can takes it."""
        sender = await self.sender()
        person = {"given_name": name, "family_name": "Testcase", "contact_preference": "call"}
        made = await sender.ask(Service.REFERRALS, "POST", "/people", body=person, key=str(uuid4()))
        body = {
            "programme_id": self.registry.programmes["next_door"],
            "person_id": made.body["id"],
            "recipient_team_id": self.registry.teams["community_team"],
            "kind": "peer_service",
            "need": "peer_support",
            "text": text,
        }
        answer = await sender.ask(Service.REFERRALS, "POST", "/referrals", body=body, key=str(uuid4()))
        return str(answer.body["id"])

    async def consent(self, person_id: str) -> str:
        """The person lets the center tell the alliance."""
        body = {
            "organization_id": self.registry.organizations["center"],
            "recipient_organization_ids": [self.registry.organizations["alliance"]],
            "information": ["identity", "contact"],
            "information_text": "My name, and how to reach me",
            "purposes": ["care_coordination"],
            "right_to_revoke_acknowledged": True,
            "revocation_how": "Tell anybody of the team",
            "expiry_event": "end_of_referral",
            "signature_method": "paper",
            "signed_by": "person",
            "signed_at": "2026-01-05T10:00:00Z",
        }
        sender = await self.sender()
        path = f"/people/{person_id}/consents"
        answer = await sender.ask(Service.REFERRALS, "POST", path, body=body, key=str(uuid4()))
        return str(answer.body["id"])

    async def handoff(self, handoff_id: str) -> dict[str, Any]:
        """How it stands, as the sender sees it."""
        sender = await self.sender()
        answer: dict[str, Any] = (await sender.get(Service.REFERRALS, f"/handoffs/{handoff_id}")).body
        return answer


async def eventually(what: str, look: Callable[[], Awaitable[bool]], *, within_seconds: float = 20.0) -> None:
    """Look until it is so. Fails naming what was waited for."""
    deadline = time.monotonic() + within_seconds
    while not await look():
        assert time.monotonic() < deadline, f"not within {within_seconds:.0f} s: {what}"
        await asyncio.sleep(0.1)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A handoff, and who is asked."""

    handoff_id: str
    peer: str


def run(command: str, state: Path, *more: str) -> None:
    """One of handrail's own commands; its words are shown when it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    done = subprocess.run(
        [sys.executable, "-m", "handrail", command, "--state", str(state), *more],
        env=environment | {"HANDRAIL_PROFILE": "demo"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


async def start(folder: Path) -> Living:
    """Start everything and load the small network (not the long demonstration)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "first_start.done").write_text("")
    await asyncio.to_thread(run, "up", folder, "--detach", "--workers", "1")
    state = StateFolder(folder)
    api = Api(addresses=addresses_of(state))
    await api.__aenter__()
    registry = await load(small_network(), api=api, state=state, say=lambda _: None)
    return Living(state=state, api=api, registry=registry)
