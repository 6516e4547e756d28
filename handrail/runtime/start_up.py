"""The steps of a start, in order: stores, connection budget, databases, migrations, keys, services."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handrail.runtime import client_keys, connection_budget, stores
from handrail.runtime.guardian import Guardian
from handrail.runtime.one_shot import run_to_end
from handrail.runtime.ports import PortClaims
from handrail.runtime.processes import PROMISED_PORTS, Kind, ProcessDefinition, exists, taking_part, with_database
from handrail.runtime.secret_files import write_private
from handrail.runtime.service_environment import Addresses, base_environment, service_environment
from handrail.runtime.state_folder import StateFolder
from handrail.runtime.supervisor import Supervisor
from handrail.runtime.table_rows import TableRows
from shared.contracts.codes import Service
from shared.settings import Profile

Say = Callable[[str], None]
Environments = Mapping[Service, dict[str, str]]


def choose_ports(rows: tuple[ProcessDefinition, ...], *, claims: PortClaims, say: Say) -> dict[str, int]:
    """A port for each row that listens, by its name: the wanted one, or the next above it. Every move is said."""
    ports: dict[str, int] = {}
    given = {Kind.POSTGRES: stores.given_postgres(), Kind.VALKEY: stores.given_redis()}
    for row in rows:
        if row.port is None or given.get(row.kind) is not None:
            continue
        wanted_by_others = PROMISED_PORTS - {row.port}  # one that moves must not push another from its place
        ports[row.name] = claims.first_free(row.port, taken=wanted_by_others.union(ports.values()))
        if ports[row.name] != row.port:
            say(f"port {row.port} is taken: {row.name} listens on {ports[row.name]}")
    return ports


@dataclass(kw_only=True)
class StartUp:
    """One start of everything on one state folder."""

    state: StateFolder
    profile: Profile
    worker_children: int
    supervisor: Supervisor
    guardian: Guardian
    say: Say

    async def run(self, *, ports: Mapping[str, int]) -> Addresses:
        """All steps. Returns when every process is ready; raises what made that impossible."""
        rows = taking_part(demo=self.profile is Profile.DEMO)
        prepared = await asyncio.to_thread(stores.prepare, self.state, ports=ports)
        if prepared.to_run:
            await self.supervisor.start(prepared.to_run)
        lines = connection_budget.budget(rows, worker_children=self.worker_children)
        connection_budget.check(lines, available=await stores.available_connections(prepared.postgres_url))
        services = with_database()
        databases = await stores.ensure_databases(self.state, postgres_url=prepared.postgres_url, services=services)
        addresses = Addresses(ports=ports, databases=databases, redis_url=prepared.redis_url)
        environments = {one: service_environment(one, state=self.state, addresses=addresses) for one in services}
        self._store(environments)
        await self._migrate(environments)
        table = TableRows(
            state=self.state, addresses=addresses, profile=self.profile.value, worker_children=self.worker_children
        )
        others = [row for row in rows if row.kind not in (Kind.POSTGRES, Kind.VALKEY)]
        registering = asyncio.create_task(
            self._register_keys(environments)
        )  # needed only when services call each other
        try:
            await self.supervisor.start([table.supervised(row) for row in others])
            await registering
        finally:
            registering.cancel()
        return addresses

    def _store(self, environments: Environments) -> None:
        """For the services' own commands, which run outside the supervisor."""
        profile = {"HANDRAIL_PROFILE": self.profile.value}
        stored = {service.value: profile | values for service, values in environments.items()}
        write_private(self.state.environment_file, json.dumps(stored, indent=2) + "\n")

    async def _migrate(self, environments: Environments) -> None:
        if not environments:
            return
        environment = base_environment(profile=self.profile.value)
        for service, values in environments.items():
            name = f"HANDRAIL_{service.value.upper()}_MIGRATION_DATABASE_URL"
            environment[name] = values[name]
        await self._run("migrate", "handrail.runtime.migrate_services", *environments, environment=environment)
        self.say("databases are at their newest version")

    async def _register_keys(self, environments: Environments) -> None:
        """Each service's public key to identity, which keeps it; only what identity was not told before."""
        if Service.IDENTITY not in environments or not exists("services.identity.cli"):
            return
        identity = environments[Service.IDENTITY]
        database_url = identity["HANDRAIL_IDENTITY_DATABASE_URL"]
        environment = base_environment(profile=self.profile.value) | identity
        pairs: dict[Service, str] = {}
        for service in environments:
            public_key = await asyncio.to_thread(client_keys.public_key_file, self.state, service)
            if not client_keys.is_registered(self.state, service, database_url=database_url):
                pairs[service] = f"{service.value}={public_key.resolve()}"
        if not pairs:
            return
        await self._run("register-keys", "handrail.runtime.register_keys", *pairs.values(), environment=environment)
        for service in pairs:
            client_keys.note_registered(self.state, service, database_url=database_url)
        self.say(f"identity knows the keys of {len(pairs)} services")

    async def _run(self, name: str, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        await run_to_end(
            name,
            (sys.executable, "-m", module, *arguments),
            environment=environment,
            log=self.state.logs / f"{name}.log",
            guardian=self.guardian,
        )
