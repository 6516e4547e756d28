"""Load the demo network through the public APIs, as an administrator and the staff would have done over the months."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from handrail.demo.api import Api, Visitor
from handrail.demo.network import (
    JURISDICTION,
    PASSWORD,
    SUPERVISION_CADENCE_DAYS,
    TIME_ZONE,
    Group,
    Network,
    Worker,
    person_name,
)
from handrail.demo.sheets import consent_between, sheet_of
from handrail.runtime.secret_files import write_private
from handrail.runtime.state_folder import StateFolder
from handrail.service_commands import STATE_VARIABLE
from shared.contracts.codes import Service

_AT_ONCE = 6
_REFERRALS = Service.REFERRALS


@dataclass(kw_only=True)
class Registry:
    """The ids that the services minted, by the keys of the network file."""

    tenant_id: str
    loaded_on: str
    organizations: dict[str, str] = field(default_factory=dict)
    programmes: dict[str, str] = field(default_factory=dict)
    workers: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)

    def worker_key(self, worker_id: str) -> str:
        """The key of a worker by id."""
        return next(key for key, value in self.workers.items() if value == worker_id)


def read_registry(state: StateFolder) -> Registry | None:
    """The registry of the network on this state folder, if it has been loaded."""
    path = state.root / "demo.json"
    return Registry(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


async def load(network: Network, *, api: Api, state: StateFolder, say: Callable[[str], None]) -> Registry:
    """Load everything once. Repeating after an interruption on the same day finds what is there and goes on."""
    known = read_registry(state)
    if known is not None:
        return known
    registry = Registry(
        tenant_id=await asyncio.to_thread(_bootstrap, network, state=state), loaded_on=str(datetime.now(UTC).date())
    )
    loader = _Loader(network=network, api=api, registry=registry)
    await loader.everything()
    write_private(state.root / "demo.json", json.dumps(asdict(registry)))
    counts = f"{len(registry.organizations)} organisations, {len(registry.programmes)} programmes"
    say(f"loaded the demo network: {counts}, {len(registry.workers)} workers, {len(registry.people)} people")
    return registry


def _bootstrap(network: Network, *, state: StateFolder) -> str:
    """Open the tenant with the operator's own command; its id."""
    tenant = ["--tenant", network.tenant, "--email", network.administrator.email]
    done = subprocess.run(
        [sys.executable, "-m", "handrail", "identity", "bootstrap", *tenant, "--password-stdin"],
        input=PASSWORD + "\n",
        env=os.environ | {STATE_VARIABLE: str(state.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"identity could not open the demo's tenant: {done.stderr.strip()[-300:]}")
    return str(json.loads(done.stdout)["tenant_id"])


@dataclass(kw_only=True)
class _Loader:
    network: Network
    api: Api
    registry: Registry

    async def everything(self) -> None:
        """In the order in which one thing needs another."""
        admin = await self.api.sign_in(self.network.administrator.email, PASSWORD)
        await _all(self._organization(admin, one.key, one.name) for one in self.network.organizations)
        await _all(self._worker(admin, one) for one in self.network.workers)
        await _all(self._team(admin, key) for key in {one.team for one in self.network.workers if one.team})
        await _all(self._programme(admin, key) for key in range(len(self.network.programmes)))
        numbered = [
            (group, sum(one.count for one in self.network.people[:index]))
            for index, group in enumerate(self.network.people)
        ]
        await _all(self._person(group, first + number) for group, first in numbered for number in range(group.count))

    async def _make(self, visitor: Visitor, path: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        made: dict[str, Any] = (await visitor.ask(_REFERRALS, "POST", path, body=body, key=f"demo-{key}")).body
        return made

    async def _organization(self, admin: Visitor, key: str, name: str) -> None:
        made = await self._make(admin, "/organizations", {"name": name}, key=f"organization-{key}")
        self.registry.organizations[key] = made["id"]

    async def _worker(self, admin: Visitor, worker: Worker) -> None:
        organization_id = self.registry.organizations[worker.organization]
        body = {
            "organization_id": organization_id,
            "display_name": worker.name,
            "practice_role": worker.role,
            "languages": worker.languages,
        }
        made = await self._make(admin, "/workers", body, key=f"worker-{worker.key}")
        self.registry.workers[worker.key] = made["id"]
        if worker.supervised_days_ago is not None:
            await self._standing(admin, worker, made)
        account = {
            "email": worker.email,
            "password": PASSWORD,
            "display_name": worker.name,
            "access_role": worker.access,
            "worker_id": made["id"],
            "organization_id": organization_id,
        }
        await admin.ask(Service.IDENTITY, "POST", "/accounts", body=account, key=f"demo-account-{worker.key}")
        points = f"/workers/{made['id']}/contact-points"
        seen = await admin.get(Service.NOTIFICATIONS, points)
        contact = {"email": worker.email, "time_zone": TIME_ZONE}
        await admin.ask(Service.NOTIFICATIONS, "PUT", points, body=contact, if_match=seen.etag)

    async def _standing(self, admin: Visitor, worker: Worker, made: dict[str, Any]) -> None:
        today = date.fromisoformat(self.registry.loaded_on)
        path = f"/workers/{made['id']}"
        await self._make(admin, f"{path}/credentials", worker.credential(today=today), key=f"credential-{worker.key}")
        supervised = {
            "last_supervised_on": str(today - timedelta(days=worker.supervised_days_ago or 0)),
            "supervision_cadence_days": SUPERVISION_CADENCE_DAYS,
        }
        seen = await admin.get(_REFERRALS, path)
        await admin.ask(
            _REFERRALS,
            "PUT",
            f"{path}/supervision",
            body=supervised,
            if_match=seen.etag,
            key=f"demo-supervision-{worker.key}",
        )

    async def _team(self, admin: Visitor, key: str) -> None:
        members = [one for one in self.network.workers if one.team == key]
        body = {
            "organization_id": self.registry.organizations[members[0].organization],
            "name": key.replace("_", " ").capitalize(),
            "member_worker_ids": [self.registry.workers[one.key] for one in members],
        }
        self.registry.teams[key] = (await self._make(admin, "/teams", body, key=f"team-{key}"))["id"]

    async def _programme(self, admin: Visitor, index: int) -> None:
        programme = self.network.programmes[index]
        body = {
            "organization_id": self.registry.organizations[programme.organization],
            "name": programme.name,
            "setting": programme.setting,
            "jurisdiction": JURISDICTION,
            "time_zone": TIME_ZONE,
            "integration_model": programme.integration_model,
            "duty_owner_worker_id": self.registry.workers[programme.duty_owner],
            "protocol_code": programme.protocol,
            "policy_flags": programme.policy_flags,
            "help_line": programme.help_line,
        }
        made = await self._make(admin, "/programmes", body, key=f"programme-{programme.key}")
        self.registry.programmes[programme.key] = made["id"]

    async def _person(self, group: Group, number: int) -> None:
        sender = await self._visitor(group.sender)
        person = await self._make(sender, "/people", person_name(number), key=f"person-{number}")
        self.registry.people.append(person["id"])
        await _History(loader=self, group=group, sender=sender, number=number).write(person["id"])

    async def _visitor(self, key: str) -> Visitor:
        return await self.api.sign_in(self.network.worker(key).email, PASSWORD)

    async def visitor_by_id(self, worker_id: str) -> Visitor:
        """The account of a worker, by id."""
        return await self._visitor(self.registry.worker_key(worker_id))


@dataclass(kw_only=True)
class _History:
    """One person's way up to now, with the times at which it happened."""

    loader: _Loader
    group: Group
    sender: Visitor
    number: int

    async def write(self, person_id: str) -> None:
        """Plan or discharge, then go as far as the group has come."""
        body = {"person_id": person_id, "programme_id": self.loader.registry.programmes[self.group.programme]}
        if self.group.stage in ("planned", "cancelled"):
            expected = datetime.now(UTC) + timedelta(hours=self.group.in_hours or 1)
            planned = await self._begin(body | {"status": "planned", "expected_at": expected.isoformat()})
            await self._say(planned["handoff_id"], left_at=expected)
            if self.group.stage == "cancelled":
                await self._end(planned, "cancel", reason="plan_cancelled")
            return
        left_at = datetime.now(UTC) - timedelta(days=self.group.ago_days, minutes=3 * self.number + 5)
        discharged = await self._begin(body | {"status": "discharged", "occurred_at": left_at.isoformat()})
        await self._say(discharged["handoff_id"], left_at=left_at)
        await self._consent(person_id)
        if self.group.stage == "retracted":
            await self._end(discharged, "retract", reason="discharge_cancelled")
        elif self.group.stage != "offered":
            await self._walk(discharged["handoff_id"], left_at=left_at)

    async def _begin(self, body: dict[str, Any]) -> dict[str, Any]:
        # times are counted from now, so a repeated load must not reuse the key of an earlier one
        begun: dict[str, Any] = (await self.sender.ask(_REFERRALS, "POST", "/transitions", body=body)).body
        return begun

    async def _say(self, handoff_id: str, *, left_at: datetime) -> None:
        """What they told their sender, for the sheet; every fourth has not been asked yet."""
        if self.number % 4 == 3:
            return
        sender = self.loader.network.worker(self.group.sender)
        said = sheet_of(
            self.number,
            left_at=left_at,
            introduced_by=sender.name,
            with_whom=f"{sender.name}, {sender.role.replace('_', ' ')}",
        )
        await self.sender.ask(_REFERRALS, "PATCH", f"/handoffs/{handoff_id}/sheet", body=said, if_match='"1"')

    async def _consent(self, person_id: str) -> None:
        """Who walks with a peer of another organisation by now has signed that the peer may read it."""
        network, organizations = self.loader.network, self.loader.registry.organizations
        sending = network.worker(self.group.sender).organization
        receiving = next(one.organization for one in network.programmes if one.key == self.group.programme)
        if sending != receiving and self.group.stage == "contacted":
            body = consent_between(organizations[sending], organizations[receiving])
            await self.sender.ask(_REFERRALS, "POST", f"/people/{person_id}/consents", body=body)

    async def _end(self, transition: dict[str, Any], command: str, *, reason: str) -> None:
        path = f"/transitions/{transition['id']}/{command}"
        await self.sender.ask(_REFERRALS, "POST", path, body={"reason": reason}, if_match=f'"{transition["version"]}"')

    async def _walk(self, handoff_id: str, *, left_at: datetime) -> None:
        path = f"/handoffs/{handoff_id}"
        reading = (await self.sender.get(_REFERRALS, path)).body
        peer = await self.loader.visitor_by_id(reading["offers"][-1]["worker_id"])
        steps: list[tuple[str, dict[str, str]]] = [("accept", {})]
        if self.group.stage in ("contacted", "closed"):
            steps.append(("first-contact", {"how": "phone", "outcome": "reached"}))
        if self.group.stage == "closed":
            steps.append(("close", {"outcome": "got_help"}))
        for hours, (command, body) in zip((0.5, 5, 20 * 24), steps, strict=False):
            happened = min(left_at + timedelta(hours=hours), datetime.now(UTC))
            version = (await peer.get(_REFERRALS, path)).etag
            timed = body | {"occurred_at": happened.isoformat()}
            await peer.ask(_REFERRALS, "POST", f"{path}/{command}", body=timed, if_match=version)


async def _all(works: Iterable[Awaitable[None]]) -> None:
    """Do everything, a few at a time; the first failure is raised."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(work: Awaitable[None]) -> None:
        async with gate:
            await work

    await asyncio.gather(*(one(work) for work in works))
