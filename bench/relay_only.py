"""Carry facts from one service's outbox into another's inbox table, against as many Celery tasks that do nothing."""

import time
from functools import partial
from uuid import UUID

import asyncpg

from bench.measuring import Benchmark, Result, Rounds
from bench.noop_side import noop_side
from bench.running_system import System
from bench.waiting import until
from shared.contracts.codes import Service
from shared.contracts.events import CustodyMoved, EventType
from shared.identifiers import new_id
from shared.outbox import new_event, outbox_rows
from shared.task_queue import Bell

EVENTS = 4000
TENANT = UUID("0192f0c0-0000-7000-8000-0000000000be")


async def run(system: System, rounds: Rounds) -> Result:
    """Both sides begin with everything waiting (rows committed, tasks queued) and end when all of it has arrived.

    The facts are of a kind that notifications keeps and does nothing about, so that nothing but the relay is measured.
    """
    bell = Bell(Service.REFERRALS, redis_url=system.setting(Service.REFERRALS, "REDIS_URL"))
    referrals = await asyncpg.connect(system.setting(Service.REFERRALS, "DATABASE_URL"))
    notifications = await asyncpg.connect(system.setting(Service.NOTIFICATIONS, "DATABASE_URL"))
    try:
        async with noop_side(system) as theirs:
            return await rounds.compare(
                ours=partial(_ours, referrals, notifications, bell), theirs=partial(theirs.tasks_per_second, EVENTS)
            )
    finally:
        await referrals.close()
        await notifications.close()


async def _ours(referrals: asyncpg.Connection, notifications: asyncpg.Connection, bell: Bell) -> float:
    now = await referrals.fetchval("SELECT now()")
    moved = [
        CustodyMoved(
            tenant_id=TENANT,
            version=1,
            occurred_at=now,
            recorded_at=now,
            transition_id=new_id(),
            from_worker_id=None,
            to_worker_id=TENANT,
            reason="discharged",
        )
        for _ in range(EVENTS)
    ]
    events = [
        new_event(source=Service.REFERRALS, type=EventType.CUSTODY_MOVED, subject=fact.transition_id, data=fact)
        for fact in moved
    ]
    # All are there to be taken at once; that nobody waits for such a fact is not what is measured here.
    rows = [row | {"available_at": row["recorded_at"]} for row in outbox_rows(events)]
    columns = list(rows[0])
    async with referrals.transaction():
        await referrals.copy_records_to_table("outbox", records=[tuple(row.values()) for row in rows], columns=columns)
    began = time.perf_counter()
    bell.ring("referrals.relay")

    async def has_all() -> bool:
        return await _stored(notifications, since=events[0].id) == len(rows)

    await until(has_all, every_seconds=0.01)
    return len(rows) / (time.perf_counter() - began)


async def _stored(notifications: asyncpg.Connection, *, since: UUID) -> int:
    """Event ids grow with time, so this reads the rows of one round only."""
    asked = "SELECT count(*) FROM event_inbox WHERE tenant_id = $1 AND event_id >= $2"
    return int(await notifications.fetchval(asked, TENANT, since))


BENCHMARK = Benchmark(
    name="relay_only",
    what="outbox rows in referrals, relayed over HTTP into the inbox table of notifications, against Celery no-op tasks",
    unit="events/s",
    must=8,
    aim=15,
    run=run,
)
