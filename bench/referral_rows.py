"""Two sets of referrals in one database, a small and a large one, that change places between rounds.

The set that is measured stands where the service looks; the other waits in a schema of its own. Moving a table is one
statement, so that both sizes are measured in turn, by the same process, on the same connections.
"""

from dataclasses import dataclass

import asyncpg

TABLES = ("referrals", "referral_parties")
ASIDE = "bench_aside"


@dataclass(frozen=True)
class Parties:
    """Who is party to every one of the rows."""

    tenant_id: str
    programme_id: str
    organization_id: str
    requester_id: str
    recipient_id: str
    team_id: str
    people: list[str]


class TwoSizes:
    """Holds the tables of `small` and `large` numbers of rows; made through the role that owns tables."""

    def __init__(self, owner: asyncpg.Connection, *, small: int, large: int) -> None:
        self._owner = owner
        self._sizes = {"small": small, "large": large}
        self._standing = "small"

    async def build(self, parties: Parties, *, runtime_role: str) -> None:
        """Fill the tables as they stand with the small set, copies of them with the large one."""
        await self._owner.execute(f"CREATE SCHEMA {ASIDE}; GRANT USAGE ON SCHEMA {ASIDE} TO {runtime_role}")
        for table in TABLES:
            await self._owner.execute(f"CREATE TABLE {ASIDE}.{table} (LIKE public.{table} INCLUDING ALL)")
            await self._owner.execute(f"GRANT SELECT, INSERT, UPDATE ON {ASIDE}.{table} TO {runtime_role}")
        for schema, size in (("public", "small"), (ASIDE, "large")):
            await self._fill(schema, self._sizes[size], parties)
            await self._owner.execute("; ".join(f"ANALYZE {schema}.{table}" for table in TABLES))

    async def place(self, size: str) -> None:
        """Let this set stand where the service looks."""
        if size == self._standing:
            return
        async with self._owner.transaction():
            for table in TABLES:
                await self._owner.execute(f"ALTER TABLE public.{table} RENAME TO {table}_leaving")
                await self._owner.execute(f"ALTER TABLE {ASIDE}.{table} SET SCHEMA public")
                await self._owner.execute(f"ALTER TABLE public.{table}_leaving SET SCHEMA {ASIDE}")
                await self._owner.execute(f"ALTER TABLE {ASIDE}.{table}_leaving RENAME TO {table}")
        self._standing = size

    async def clear(self) -> None:
        """Leave the small set where it was, and nothing of the large one."""
        await self.place("small")
        await self._owner.execute(f"DROP SCHEMA {ASIDE} CASCADE")

    def deep(self, size: str) -> str:
        """An id far inside a set (ordered from both ends there are thousands before it): where a deep page begins."""
        return row_id(self._sizes[size] * 3 // 4)

    async def _fill(self, schema: str, rows: int, parties: Parties) -> None:
        await self._owner.execute(
            f"""
            INSERT INTO {schema}.referrals (tenant_id, id, version, recorded_at, programme_id, model, person_id, need,
              kind, priority, reported_by, occurred_at, asks_text, asks_responsibility, status, business_status,
              parent_follows, deidentified, respond_by, overdue_after, accepted_at)
            SELECT $1::uuid, {_ID}, 1, now(), $2::uuid, 'co_located', ($3::uuid[])[1 + n % cardinality($3::uuid[])],
              'peer_support', 'peer_service', 'routine', 'staff', now(), '', 'assist',
              CASE WHEN n % 10 = 0 THEN 'requested' ELSE 'accepted' END, 'none', false, false,
              now() + n * interval '1 second', now() + n * interval '2 seconds', now()
            FROM generate_series(1, $4::int) n
            """,
            parties.tenant_id,
            parties.programme_id,
            parties.people,
            rows,
            timeout=600,
        )
        for role, worker, team in (
            ("requester", parties.requester_id, None),
            ("recipient", parties.recipient_id, parties.team_id),
        ):
            await self._owner.execute(
                f"INSERT INTO {schema}.referral_parties (tenant_id, referral_id, role, organization_id, worker_id, team_id)"
                f" SELECT $1::uuid, {_ID}, $2, $3::uuid, $4::uuid, $5::uuid FROM generate_series(1, $6::int) n",
                parties.tenant_id,
                role,
                parties.organization_id,
                worker,
                team,
                rows,
                timeout=600,
            )


_ID = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"


def row_id(number: int) -> str:
    """The id of the row with that number."""
    return f"01900000-0000-7000-8000-{number:012x}"
