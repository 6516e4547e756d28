"""Everything that Handrail can tell, from the code, beside what the walk has really brought about."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from services.notifications.domain.codes import ItemKind
from services.notifications.domain.endpoints import TELLABLE
from services.notifications.domain.letters import LetterKind
from services.notifications.worker import schedule
from shared.contracts.codes import Service
from shared.task_queue import create_celery, queue_of
from tests.journeys.leaks.outside import HOOK, MESSAGES
from tests.journeys.leaks.surroundings import Surroundings

_A_WEEK = {"offered": 40, "answered": 30, "unanswered": 10, "first_contacts": 20}

EVERYTHING = {
    "item shown": {kind.value for kind in ItemKind},
    "letter sent": {kind.value for kind in LetterKind},
    "webhook called": {event.value for event in TELLABLE},
    "message sent": {"email", "sms"},
}
"""A new kind of item, letter or fact is missing from the walk until a leg brings it about."""


@dataclass(kw_only=True)
class Told:
    """What was told since the walk began."""

    around: Surroundings
    since: datetime

    async def weekly_summary(self, *, tenant_id: str, reader: str) -> None:
        """Summaries are written on a Monday; the row is the one that a Monday would write, and the rest happens today."""
        async with self.around.database("notifications") as notifications:
            await notifications.execute(
                """INSERT INTO letters (tenant_id, letter_id, kind, occasion, worker_id, counts, state, next_at,
                    created_at, changed_at)
                VALUES ($1, $2, $3, $4, $5, $6, 'planned', now(), now(), now())""",
                UUID(tenant_id),
                uuid4(),
                LetterKind.WEEKLY_SUMMARY.value,
                f"walk {self.since.isoformat()}",
                UUID(reader),
                json.dumps(_A_WEEK),
            )

    async def all_of_it(self) -> dict[str, set[str]]:
        """Wait until everything was told, and give it back. What never comes is named when the walk's time is over."""
        bells = create_celery(Service.NOTIFICATIONS, redis_url=self.around.valkey_url)
        found = await self._found()
        try:
            while found != EVERYTHING:
                # the beat rings for letters twice a minute; a bell says nothing new
                await asyncio.to_thread(bells.send_task, schedule.WRITE, queue=queue_of(schedule.WRITE))
                await asyncio.sleep(0.5)
                found = await self._found()
        except asyncio.CancelledError:
            missing = {name: sorted(wanted - found[name]) for name, wanted in EVERYTHING.items()}
            raise AssertionError(f"never told: {missing}") from None
        finally:
            bells.close()
        return found

    async def _found(self) -> dict[str, set[str]]:
        async with self.around.database("notifications") as notifications:
            items = await notifications.fetch("SELECT DISTINCT kind FROM items WHERE opened_at >= $1", self.since)
            letters = await notifications.fetch(
                "SELECT DISTINCT kind FROM letters WHERE state = 'delivered' AND changed_at >= $1", self.since
            )
            messages = await notifications.fetch(
                """SELECT DISTINCT channel FROM deliveries
                WHERE channel <> 'inbox' AND state = 'delivered' AND changed_at >= $1""",
                self.since,
            )
        calls = [json.loads(one.body) for one in self.around.outside.at(HOOK)]
        assert self.around.outside.at(MESSAGES)
        return {
            "item shown": {row["kind"] for row in items},
            "letter sent": {row["kind"] for row in letters},
            "webhook called": {call["type"] for call in calls},
            "message sent": {row["channel"] for row in messages},
        }
