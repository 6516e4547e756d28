"""Makes the databases and roles of the services named on the command line, on a PostgreSQL that is already there.

Reads `HANDRAIL_POSTGRES_URL` (a role that may create roles and databases) and each service's own two addresses, whose
passwords the roles get. Safe to run again: that also carries out a change of passwords.

    python -m handrail.runtime.prepare_databases identity referrals
"""

import asyncio
import sys
from collections.abc import Sequence
from urllib.parse import SplitResult, unquote, urlsplit

from handrail.runtime.named_settings import setting
from handrail.runtime.service_databases import ensure_service_database, owner_role, runtime_role


class WrongAddressError(ValueError):
    """An address names another role or database than the service's own; the message never holds the password."""


def _checked(name: str, *, role: str) -> SplitResult:
    parts = urlsplit(setting(name))
    if parts.username != role or not parts.password:
        raise WrongAddressError(f"{name} must sign in as `{role}`, with a password")
    return parts


async def prepare(service: str, *, administrator_url: str) -> None:
    """One service's database and roles."""
    prefix = f"HANDRAIL_{service.upper()}_"
    runtime = _checked(f"{prefix}DATABASE_URL", role=runtime_role(service))
    owner = _checked(f"{prefix}MIGRATION_DATABASE_URL", role=owner_role(service))
    if runtime.path != owner.path or len(runtime.path) < 2:
        raise WrongAddressError(f"the two addresses of `{service}` must name the same database")
    await ensure_service_database(
        administrator_url,
        service=service,
        owner_password=unquote(owner.password or ""),
        runtime_password=unquote(runtime.password or ""),
        database=unquote(runtime.path[1:]),
    )


def main(services: Sequence[str]) -> None:
    """Prepare each; the first failure ends it with its traceback."""
    administrator_url = setting("HANDRAIL_POSTGRES_URL")
    for service in services:
        asyncio.run(prepare(service, administrator_url=administrator_url))
        sys.stdout.write(f"{service} has its database and its two roles\n")


if __name__ == "__main__":
    main(sys.argv[1:])
