"""Brings the databases of the services named on the command line to the newest version, one after the other.

Reads `HANDRAIL_<SERVICE>_MIGRATION_DATABASE_URL`, or the file that `…_FILE` names. Safe to run again; two at once wait for each other.

    python -m handrail.runtime.migrate_services identity referrals
"""

import asyncio
import sys
from collections.abc import Sequence

import asyncpg

from handrail.runtime.named_settings import setting
from shared import migrations

_LOCK_KEY = 8432_0001
"""Any number that nobody else uses as an advisory lock in the services' databases."""


async def _migrate(service: str, *, url: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK_KEY)
        await asyncio.to_thread(migrations.upgrade, service, url=url)
    finally:
        await connection.close()


def main(services: Sequence[str]) -> None:
    """Migrate each; the first failure ends it with its traceback."""
    for service in services:
        url = setting(f"HANDRAIL_{service.upper()}_MIGRATION_DATABASE_URL")
        asyncio.run(_migrate(service, url=url))
        sys.stdout.write(f"{service} is at its newest version\n")


if __name__ == "__main__":
    main(sys.argv[1:])
