"""The network that the machine plays in: the running API, the database behind it, and the whole of its state in one line."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
from fastapi import FastAPI

from services.referrals.worker.tasks import WorkerParts
from shared.contracts.codes import Service
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.guard_double import GuardDouble
from tests.services.referrals.machine.staff import (
    HOUSES,
    PEERS,
    PEOPLE,
    POSTS,
    PROGRAMMES,
    TEAMS,
    WITHOUT_HOUSE,
    Register,
)

Row = dict[str, Any]
REFUSED = (403, 404, 409, 412, 422, 503)


@dataclass(kw_only=True)
class Counts:
    """What was tried and how it was answered, by verb."""

    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    sequences: int = 0
    repeated: int = 0
    at_once: int = 0
    compared: int = 0
    readings: int = 0

    def table(self) -> str:
        """The same as text, a verb each line."""
        verbs = sorted({*self.accepted, *self.refused})
        tried = self.accepted.total() + self.refused.total()
        head = (
            f"{self.sequences} sequences, {self.steps} steps, {tried} commands: {self.accepted.total()} accepted, "
            f"{self.refused.total()} refused; {self.compared} refusals with whole tables compared, {self.at_once} pairs "
            f"at once, {self.repeated} asked again with the same key, {self.readings} readings searched for names"
        )
        lines = [f"{verb:<40}{self.accepted[verb]:>8}{self.refused[verb]:>8}" for verb in verbs]
        return "\n".join([head, f"{'verb':<40}{'accepted':>8}{'refused':>8}", *lines])


@dataclass(kw_only=True)
class Doors:
    """What stays open from one sequence of steps to the next."""

    app: FastAPI
    http: httpx2.AsyncClient
    database: ServiceDatabase
    rows: asyncpg.Connection
    guard: GuardDouble
    worker: WorkerParts
    token_for: TokenFor
    system_token_for: TokenFor
    counts: Counts = field(default_factory=Counts)


def soon(**span: float) -> str:
    """That far from now (or before now)."""
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


class Network:
    """One tenant, from its first day on."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.tenant_id = uuid4()
        self.known = Register()
        self.tokens: dict[str, str] = {}
        self._tables = ""

    def token(self, name: str) -> str:
        """Somebody's token."""
        if name not in self.tokens:
            role = POSTS[name].access_role if name in POSTS else WITHOUT_HOUSE[name]
            worker = self.known.workers.get(name)
            self.tokens[name] = self.doors.token_for(
                role, tenant_id=self.tenant_id, worker_id=None if worker is None else UUID(worker)
            )
        return self.tokens[name]

    async def ask(
        self,
        name: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        key: str | None = None,
        **asked: Any,
    ) -> httpx2.Response:
        """One request in somebody's name; a neighbouring service asks as `notifications` or `interop`."""
        token = self._system(name) if name in (Service.NOTIFICATIONS, Service.INTEROP) else self.token(name)
        headers = {"Authorization": f"Bearer {token}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.doors.http.request(method, path, json=body, headers=headers, params=asked or None)

    def _system(self, name: str) -> str:
        return self.doors.system_token_for(Service(name), audience=Service.REFERRALS)

    async def fetch(self, query: str, *values: Any) -> list[Row]:
        """Rows of the database; `$1` is the tenant."""
        return [dict(row) for row in await self.doors.rows.fetch(query, self.tenant_id, *values)]

    async def state(self) -> str:
        """Every row of every table, as one line of sums that any change of any row changes."""
        if not self._tables:
            names = await self.doors.rows.fetch(
                "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
            self._tables = " UNION ALL ".join(
                f"SELECT '{row['name']}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {row['name']} t"
                for row in names
            )
        return json.dumps([[str(part) for part in row] for row in await self.doors.rows.fetch(self._tables)])

    async def _made(self, by: str, path: str, body: Any, *, method: str = "POST") -> str:
        answer = await self.ask(by, method, path, body)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json().get("id", ""))

    async def open(self) -> None:
        """The first day."""
        known, chief = self.known, "administrator"
        for house in HOUSES:
            known.houses[house] = await self._made(chief, "/organizations", {"name": house})
        for name, post in POSTS.items():
            body = {"organization_id": known.houses[post.house], "display_name": f"{name.title()} Example"}
            known.workers[name] = await self._made(
                chief, "/workers", body | {"practice_role": post.practice_role, "languages": ["en"]}
            )
        for name in PEERS:
            await self._made(chief, f"/workers/{known.workers[name]}/credentials", certificate(name))
        for name, (house, members) in TEAMS.items():
            body = {"organization_id": known.houses[house], "name": name}
            known.teams[name] = await self._made(
                chief, "/teams", body | {"member_worker_ids": [known.workers[one] for one in members]}
            )
        for name, (house, setting, model, duty) in PROGRAMMES.items():
            known.programmes[name] = await self._made(
                chief,
                "/programmes",
                {
                    "organization_id": known.houses[house],
                    "name": name,
                    "setting": setting,
                    "jurisdiction": "US-VA",
                    "time_zone": "America/New_York",
                    "integration_model": model,
                    "duty_owner_worker_id": known.workers[duty],
                    "protocol_code": "standard",
                },
            )
        people = {
            given: await self._made(by, "/people", {"given_name": given, "family_name": f"{given}son"})
            for given, by in PEOPLE.items()
        }
        await self._begin(people)

    async def _begin(self, people: dict[str, str]) -> None:
        """Something of each kind is under way, so that a short sequence has something to move."""
        known = self.known
        for given, programme, status in (
            ("Wilhelmina", "ward", "discharged"),
            ("Bartholomew", "lantern", "discharged"),
        ):
            about = {"person_id": people[given], "programme_id": known.programmes[programme]}
            await self._made("nell", "/transitions", about | {"status": status})
        for given, programme, asked in (
            ("Wilhelmina", "together", {"recipient_team_id": known.teams["clinic team"]}),
            ("Ottoline", "ward", {"recipient_worker_id": known.workers["ash"]}),
        ):
            about = {"person_id": people[given], "programme_id": known.programmes[programme]}
            await self._made("nell", "/referrals", about | {"need": "peer_support", "kind": "peer_service"} | asked)
        for given, worker in (("Wilhelmina", "pat"), ("Bartholomew", "ash")):
            about = {"person_id": people[given], "programme_id": known.programmes["ward"]}
            about |= {"title": "Walk along", "activity": "community_accompaniment"}
            await self._made("nell", "/tasks", about | {"assignee_worker_id": known.workers[worker]})


def certificate(name: str, **changes: Any) -> Row:
    """A credential in good standing."""
    return {
        "issuer": "Example Board",
        "number": f"EX-{name}",
        "jurisdiction": "US-VA",
        "stage": "full",
        "issued_on": "2024-01-01",
        "expires_on": "2099-12-31",
    } | changes
