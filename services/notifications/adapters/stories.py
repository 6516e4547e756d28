"""Stories, items and planned deliveries, and the projection of workers, inside one transaction."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.rows import fact_document, fact_of, item_of
from services.notifications.adapters.tables import deliveries as deliveries_table
from services.notifications.adapters.tables import items as items_table
from services.notifications.adapters.tables import stories, workers
from services.notifications.domain.codes import DeliveryState, EndReason, ItemState
from services.notifications.domain.facts import Fact, StoryKey
from services.notifications.domain.items import Item
from services.notifications.domain.tellings import Ending
from services.notifications.use_cases.ports import NewDelivery, Recipient

_UNSENT = (DeliveryState.PLANNED.value, DeliveryState.RETRY.value)
_ENDINGS = tuple(reason.value for reason in EndReason)


class PostgresStories:
    """The Stories port on a connection whose transaction belongs to the caller."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def learn(self, key: StoryKey, fact: Fact) -> list[Fact]:
        """One statement adds the fact, makes everybody else wait for this story, and reads it."""
        new = insert(stories).values(
            tenant_id=key.tenant_id,
            story_kind=key.kind.value,
            story_id=key.story_id,
            facts={fact.key: fact_document(fact)},
            changed_at=self._now,
        )
        # What was known first stays: the same key with other words would be a producer's error.
        merged = new.on_conflict_do_update(
            index_elements=["tenant_id", "story_kind", "story_id"],
            set_={"facts": new.excluded.facts.op("||")(stories.c.facts), "changed_at": new.excluded.changed_at},
        ).returning(stories.c.facts)
        documents = (await self._connection.execute(merged)).scalar_one()
        return [fact_of(document) for document in documents.values()]

    async def items_of(self, key: StoryKey) -> list[Item]:
        """Locked in the order of their ids, as everywhere."""
        query = (
            sa.select(items_table)
            .where(
                items_table.c.tenant_id == key.tenant_id,
                items_table.c.story_kind == key.kind.value,
                items_table.c.story_id == key.story_id,
            )
            .order_by(items_table.c.item_id)
            .with_for_update()
        )
        return [item_of(row) for row in await self._connection.execute(query)]

    async def start(self, key: StoryKey, *, items: Sequence[Item], deliveries: Sequence[NewDelivery]) -> None:
        """Two statements, however many steps there are."""
        await self._connection.execute(sa.insert(items_table).values([_item_row(item, key=key) for item in items]))
        await self._connection.execute(
            sa.insert(deliveries_table).values([_delivery_row(delivery, now=self._now) for delivery in deliveries])
        )

    async def end(self, item: Item, *, ending: Ending, state: ItemState, now: datetime) -> None:
        """Deliveries cancelled for another reason of their own (too late, worker left) keep it."""
        await self._connection.execute(
            sa.update(items_table)
            .where(items_table.c.tenant_id == item.tenant_id, items_table.c.item_id == item.item_id)
            .values(ended_version=ending.version, ended_reason=ending.reason.value, state=state.value)
        )
        table = deliveries_table
        cancelled_by_ending = sa.and_(table.c.state == DeliveryState.CANCELLED.value, table.c.code.in_(_ENDINGS))
        await self._connection.execute(
            sa.update(table)
            .where(
                table.c.tenant_id == item.tenant_id,
                table.c.item_id == item.item_id,
                sa.or_(table.c.state.in_(_UNSENT), cancelled_by_ending),
            )
            .values(state=DeliveryState.CANCELLED.value, code=ending.reason.value, next_at=None, changed_at=now)
        )


class PostgresWorkers:
    """The Workers port on a connection whose transaction belongs to the caller."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, recipient: Recipient, *, version: int, active: bool) -> bool:
        """Only a newer version is written."""
        new = insert(workers).values(
            tenant_id=recipient.tenant_id, worker_id=recipient.worker_id, version=version, active=active
        )
        newer = new.on_conflict_do_update(
            index_elements=["tenant_id", "worker_id"],
            set_={"version": new.excluded.version, "active": new.excluded.active},
            where=workers.c.version < new.excluded.version,
        )
        return (await self._connection.execute(newer)).rowcount == 1

    async def cancel_unsent(self, recipient: Recipient, *, code: str, now: datetime) -> None:
        """What is being sent at this moment is checked again by whoever sends it."""
        table = deliveries_table
        await self._connection.execute(
            sa.update(table)
            .where(
                table.c.tenant_id == recipient.tenant_id,
                table.c.worker_id == recipient.worker_id,
                table.c.state.in_(_UNSENT),
            )
            .values(state=DeliveryState.CANCELLED.value, code=str(code), next_at=None, changed_at=now)
        )


def _item_row(item: Item, *, key: StoryKey) -> dict[str, object]:
    ending = item.ending
    return {
        "tenant_id": item.tenant_id,
        "item_id": item.item_id,
        "story_kind": key.kind.value,
        "story_id": key.story_id,
        "subject_kind": item.key.subject_kind.value,
        "subject_id": item.key.subject_id,
        "subject_version": item.subject_version,
        "worker_id": item.key.worker_id,
        "occasion": item.key.occasion,
        "kind": item.key.kind.value,
        "ladder": item.ladder,
        "state": item.state.value,
        "created_at": item.created_at,
        "respond_by": item.respond_by,
        "ended_version": ending.version if ending else None,
        "ended_reason": ending.reason.value if ending else None,
    }


def _delivery_row(delivery: NewDelivery, *, now: datetime) -> dict[str, object]:
    key = delivery.item.key
    return {
        "tenant_id": delivery.item.tenant_id,
        "delivery_id": delivery.delivery_id,
        "item_id": delivery.item.item_id,
        "kind": key.kind.value,
        "worker_id": key.worker_id,
        "subject_kind": key.subject_kind.value,
        "subject_id": key.subject_id,
        "ladder": delivery.item.ladder,
        "step": delivery.step,
        "channel": delivery.channel.value,
        "urgent": delivery.urgent,
        "due_at": delivery.due_at,
        "state": delivery.state.value,
        "code": delivery.code,
        "next_at": delivery.next_at,
        "created_at": now,
        "changed_at": now,
    }
