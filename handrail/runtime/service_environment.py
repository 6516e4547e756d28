"""The settings of each service, as environment variables. A service learns nothing about its neighbours but addresses."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handrail.runtime.ports import LOOPBACK
from handrail.runtime.processes import Kind, ProcessDefinition
from handrail.runtime.service_databases import ServiceDatabase
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

MAIL_SENDER = "no-reply@handrail.example"

_OWN_SECRETS: Mapping[Service, tuple[str, ...]] = {
    Service.IDENTITY: ("KEY_SECRET",),
    Service.SCOPE_GUARD: ("TEXT_DIGEST_KEY",),
    Service.NOTIFICATIONS: ("WEBHOOK_KEY",),
    Service.CONSOLE: ("COOKIE_KEY",),
}
"""Secrets that only one service has, by the end of their variable's name."""

_SHARED_SECRETS: Mapping[str, tuple[Service, ...]] = {"VISITOR_KEY": (Service.IDENTITY, Service.CONSOLE)}
"""Secrets that these services, and no other, have in common."""

_NEIGHBOURS: Mapping[Service, tuple[Service, ...]] = {
    Service.REFERRALS: (Service.SCOPE_GUARD, Service.NOTIFICATIONS),
    Service.NOTIFICATIONS: (Service.REFERRALS,),
    Service.SCOPE_GUARD: (Service.NOTIFICATIONS,),
    Service.CONSOLE: (Service.REFERRALS, Service.SCOPE_GUARD, Service.NOTIFICATIONS),
}
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SSL_CERT_FILE")
"""Of our own environment. Everything else stays here: a child must not inherit another service's secrets."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """What was decided at this start: the port of each process by name, and the addresses of the stores."""

    ports: Mapping[str, int]
    databases: Mapping[Service, ServiceDatabase]
    redis_url: str

    def url(self, service: Service) -> str:
        """A service's address; for one that is not there, the address it would have."""
        port = self.ports.get(f"{service.value}-api", 0)
        return f"http://{LOOPBACK}:{port}"


def base_environment(*, profile: str) -> dict[str, str]:
    """What every process gets."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed, "TZ": "UTC", "PYTHONUNBUFFERED": "1", "HANDRAIL_PROFILE": profile}


def service_environment(service: Service, *, state: StateFolder, addresses: Addresses) -> dict[str, str]:
    """One service's own variables; an operator's own `HANDRAIL_<SERVICE>_*` for anything else is passed on."""
    prefix = f"HANDRAIL_{service.value.upper()}_"
    values = _store_settings(service, state=state, addresses=addresses) | {
        "HOST": LOOPBACK,
        "PORT": str(addresses.ports.get(f"{service.value}-api", 0)),
        "IDENTITY_URL": addresses.url(Service.IDENTITY),
        "TOKEN_ISSUER": addresses.url(Service.IDENTITY),
    }
    for name in _OWN_SECRETS.get(service, ()):
        values[name] = state.secret(f"{service.value}.{name.lower()}")
    for name, holders in _SHARED_SECRETS.items():
        if service in holders:
            values[name] = state.secret(name.lower())
    for neighbour in _NEIGHBOURS.get(service, ()):
        values[f"{neighbour.value.upper()}_URL"] = addresses.url(neighbour)
    if service is Service.NOTIFICATIONS and "mail" in addresses.ports:
        values |= {"SMTP_HOST": LOOPBACK, "SMTP_PORT": str(addresses.ports["mail"]), "SMTP_SENDER": MAIL_SENDER}
    if service is Service.NOTIFICATIONS and f"{prefix}CONSOLE_URL" not in os.environ:
        values["CONSOLE_URL"] = addresses.url(Service.CONSOLE)
    given = {name: value for name, value in os.environ.items() if name.startswith(prefix)}
    return given | {prefix + name: value for name, value in values.items()}


def _store_settings(service: Service, *, state: StateFolder, addresses: Addresses) -> dict[str, str]:
    """Of a service with a database: its stores and the keys that go with them. The console only listens for hints."""
    database = addresses.databases.get(service)
    if database is None:
        return {"LIVE_HINTS_URL": addresses.redis_url}
    return {
        "DATABASE_URL": database.runtime_url,
        "MIGRATION_DATABASE_URL": database.owner_url,
        "REDIS_URL": addresses.redis_url,
        "CURSOR_KEY": state.secret(f"{service.value}.cursor_key"),
        "CLIENT_PRIVATE_KEY_FILE": str(private_key_file(state, service).resolve()),
    }


def process_environment(
    row: ProcessDefinition, *, profile: str, state: StateFolder, addresses: Addresses
) -> dict[str, str]:
    """The whole environment of one process of the table."""
    environment = base_environment(profile=profile)
    if row.service is not None:
        environment |= service_environment(row.service, state=state, addresses=addresses)
        # the running service has no need of the role that owns its tables
        environment.pop(f"HANDRAIL_{row.service.value.upper()}_MIGRATION_DATABASE_URL", None)
        if row.pool:
            environment.setdefault(f"HANDRAIL_{row.service.value.upper()}_DATABASE_POOL_SIZE", str(row.pool))
    elif row.kind is Kind.BEAT:
        environment |= beat_environment(addresses.redis_url, heartbeat_file=state.heartbeat_file)
    elif row.kind is Kind.MAIL:
        environment["HANDRAIL_MAIL_FOLDER"] = str(state.mail.resolve())
    return environment


def beat_environment(redis_url: str, *, heartbeat_file: Path) -> dict[str, str]:
    """What the beat, and the program that asks workers, need to know."""
    return {"HANDRAIL_BEAT_REDIS_URL": redis_url, "HANDRAIL_BEAT_HEARTBEAT_FILE": str(heartbeat_file.resolve())}


def private_key_file(state: StateFolder, service: Service) -> Path:
    """Where a service's own key is kept."""
    return state.secrets / f"{service.value}.client_key.pem"
