"""Where the faults happen: the databases, the broker, the mail server, the neighbours and the workers between them."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from celery import Celery
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.adapters import tables
from services.notifications.adapters.contact_book import PostgresContactBook
from services.notifications.domain.contact_points import ContactPoints
from services.notifications.domain.sending import RECHECK_AFTER
from services.notifications.worker import schedule
from shared.contracts.codes import Service
from shared.contracts.entitlements import EntitlementReason
from shared.contracts.events import EventBatch
from shared.database import transaction
from shared.event_intake import store
from tests.faults.crash_points import FaultFolder
from tests.faults.mutants import Mutant
from tests.faults.running_worker import PATIENCE_SECONDS, RunningWorker
from tests.faults.told_once import STEPS_AT_ONCE, Told, assert_told_once
from tests.fixtures.databases import ServiceDatabase
from tests.fixtures.mail import SmtpServer
from tests.services.notifications.journeys import Journey
from tests.services.notifications.referrals_double import ReferralsDouble

MOST_SWEEPS = 6
"""So few that no reminder falls due, and no lease of an e-mail runs out, by the time that passes between them."""

QUEUES = (Service.NOTIFICATIONS.value, schedule.OUTGOING)


@dataclass(kw_only=True)
class House:
    """Everything is real but referrals' answers about who may be told."""

    faults: FaultFolder
    database: ServiceDatabase
    engine: AsyncEngine
    valkey_url: str
    bells: Celery
    mail: SmtpServer
    referrals: ReferralsDouble
    stack: ExitStack

    def start(
        self,
        *,
        mutant: Mutant | None = None,
        children: int = 1,
        queues: tuple[str, ...] = QUEUES,
        mail_port: int | None = None,
    ) -> RunningWorker:
        """A worker of notifications: of all its queues, unless told otherwise."""
        settings = {
            "DATABASE_URL": self.database.runtime_url,
            "REFERRALS_URL": self.referrals.url,
            "SMTP_HOST": self.mail.host,
            "SMTP_PORT": str(mail_port or self.mail.port),
            "SMTP_TIMEOUT_SECONDS": "29",
        }
        return self._started(Service.NOTIFICATIONS, settings=settings, mutant=mutant, children=children, queues=queues)

    def start_referrals(self, database: ServiceDatabase, *, notifications_url: str) -> RunningWorker:
        """A worker of referrals that relays to this consumer."""
        settings = {"DATABASE_URL": database.runtime_url, "NOTIFICATIONS_URL": notifications_url}
        queues = (Service.REFERRALS.value,)
        return self._started(Service.REFERRALS, settings=settings, mutant=None, children=2, queues=queues)

    def _started(
        self,
        service: Service,
        *,
        settings: dict[str, str],
        mutant: Mutant | None,
        children: int,
        queues: tuple[str, ...],
    ) -> RunningWorker:
        common = {"REDIS_URL": self.valkey_url, "CURSOR_KEY": "k" * 32, "DATABASE_POOL_SIZE": "2"}
        worker = RunningWorker(
            service,
            settings=settings | common,
            faults=self.faults,
            bells=self.bells,
            mutant=mutant,
            children=children,
            queues=queues,
        )
        self.stack.callback(worker.kill)
        return worker

    async def offers(self) -> Told:
        """Three people go home: two peers may be told, and one may not any more."""
        tenant_id, began = uuid4(), self.faults.now() - timedelta(seconds=1)
        journeys = {uuid4(): Journey(tenant_id=tenant_id, began=began) for _ in range(3)}
        *_, left_out = journeys
        self.referrals.deny(left_out, journeys[left_out].handoff_id, reason=EntitlementReason.NO_LONGER_OFFERED)
        handoffs = {worker_id: journey.handoff_id for worker_id, journey in journeys.items()}
        return Told(
            tenant_id=tenant_id,
            events=tuple(journey.offered(worker_id, version=2) for worker_id, journey in journeys.items()),
            denied={left_out: handoffs.pop(left_out)},
            entitled=handoffs,
            addresses={worker_id: await self._reach(tenant_id, worker_id) for worker_id in journeys},
        )

    async def hear(self, told: Told) -> None:
        """What `POST /internal/events` does with them before it rings."""
        batch = EventBatch(events=events_as_sent(told))
        async with transaction(self.engine, tenant_id=None) as connection:
            await store(connection, batch, clock=self.faults)

    async def assert_told_once(self, told: Told, *, after: RunningWorker | None = None, mails_at_most: int = 1) -> None:
        """Let this worker sweep as often as beats would ring while something is due, and look what became of it."""
        if after is not None:
            for number in range(1, MOST_SWEEPS + 1):
                await after.run(schedule.SWEEP)
                await after.run(schedule.SEND)
                if number > 1 and not await self._something_waits(told):
                    break
                # what came too early (an e-mail before its item was shown) was put off for a moment
                self.faults.pass_time(RECHECK_AFTER + timedelta(seconds=1))
        await assert_told_once(told, engine=self.engine, mail=self.mail, mails_at_most=mails_at_most)

    async def sent(self, told: Told) -> None:
        """Wait until nothing of it waits any more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self._something_waits(told):  # noqa: ASYNC110 - happens in other processes
                await asyncio.sleep(0.02)

    async def _something_waits(self, told: Told) -> bool:
        deliveries = tables.deliveries
        waiting = sa.select(deliveries.c.delivery_id).where(
            deliveries.c.tenant_id == told.tenant_id,
            deliveries.c.step.in_(STEPS_AT_ONCE),
            deliveries.c.next_at.is_not(None),
        )
        async with transaction(self.engine, tenant_id=told.tenant_id) as connection:
            return (await connection.execute(waiting)).first() is not None

    async def _reach(self, tenant_id: UUID, worker_id: UUID) -> str:
        address = f"{worker_id.hex[:12]}@people.example"
        points = ContactPoints(
            tenant_id=tenant_id, worker_id=worker_id, version=2, changed_at=self.faults.now(), email=address
        )
        assert await PostgresContactBook(self.engine).replace(points, seen_version=1, by="test")
        return address


def events_as_sent(told: Told) -> tuple[dict[str, Any], ...]:
    """The events as JSON documents."""
    return tuple(event.model_dump(mode="json") for event in told.events)
