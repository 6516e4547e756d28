"""Stories, items and planned deliveries, and the projection of workers, inside one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.rows import (
    ITEM_COLUMNS,
    delivery_document,
    fact_document,
    fact_of,
    item_document,
    item_of,
)
from services.notifications.adapters.tables import deliveries as deliveries_table
from services.notifications.adapters.tables import items as items_table
from services.notifications.adapters.tables import summary_dates, workers
from services.notifications.domain.codes import Channel, DeliveryState, EndReason, ItemState
from services.notifications.domain.facts import Fact, StoryKey, StoryKind
from services.notifications.domain.items import Item
from services.notifications.domain.telling import Ending
from services.notifications.use_cases.ports import KnownStory, NewItem, Recipient
from shared.contracts.codes import PracticeRole

_UNSENT = (DeliveryState.PLANNED.value, DeliveryState.RETRY.value)
_ENDINGS = tuple(reason.value for reason in EndReason)

# These run for every offer, so they are written out: a statement built anew each time costs more than it does.
# Of a story that is new the caller knows all there is (`xmax` is 0 where a row was inserted).
# What was known first stays, if the same fact comes again: the same key with other words would be a producer's error.
_LEARN = sa.text(
    """
    INSERT INTO stories AS s (tenant_id, story_kind, story_id, facts, changed_at)
    SELECT tenant_id, story_kind, story_id, facts, :now
    FROM jsonb_to_recordset(:learnt) AS new (tenant_id uuid, story_kind text, story_id uuid, facts jsonb)
    ON CONFLICT (tenant_id, story_kind, story_id)
    DO UPDATE SET facts = excluded.facts || s.facts, changed_at = excluded.changed_at
    RETURNING tenant_id, story_kind, story_id, CASE WHEN s.xmax <> 0 THEN facts::text END AS facts
    """
).bindparams(sa.bindparam("learnt", type_=JSONB), sa.bindparam("now", type_=sa.DateTime(timezone=True)))

_ITEMS = (
    sa.text(
        """
    SELECT i.* FROM items AS i
    WHERE (i.tenant_id, i.story_kind, i.story_id) IN (SELECT * FROM unnest(:tenants, :kinds, :ids))
    ORDER BY i.item_id FOR UPDATE
    """
    )
    .bindparams(
        sa.bindparam("tenants", type_=ARRAY(sa.Uuid)),
        sa.bindparam("kinds", type_=ARRAY(sa.Text)),
        sa.bindparam("ids", type_=ARRAY(sa.Uuid)),
    )
    .columns(*items_table.c)
)

_START = sa.text(
    f"""
    WITH new_items AS (
        INSERT INTO items ({", ".join(ITEM_COLUMNS)})
        SELECT {", ".join(ITEM_COLUMNS)} FROM jsonb_populate_recordset(NULL::items, :items)
    )
    INSERT INTO deliveries (
        tenant_id, delivery_id, item_id, kind, worker_id, subject_kind, subject_id, ladder,
        step, channel, urgent, due_at, state, code, next_at, lease_token, created_at, changed_at, clock_id
    )
    SELECT
        item.tenant_id, d.delivery_id, d.item_id, item.kind, item.worker_id, item.subject_kind, item.subject_id, item.ladder,
        d.step, d.channel, d.urgent, d.due_at, d.state, d.code, d.next_at, d.lease_token, :now, :now, item.clock_id
    FROM jsonb_to_recordset(:deliveries) AS d (
        delivery_id uuid, item_id uuid, step integer, channel text, urgent boolean, due_at timestamptz,
        state text, code text, next_at timestamptz, lease_token uuid
    ) JOIN jsonb_populate_recordset(NULL::items, :items) AS item USING (item_id)
    """  # noqa: S608 - the names are constants of ours
).bindparams(
    sa.bindparam("items", type_=JSONB),
    sa.bindparam("deliveries", type_=JSONB),
    sa.bindparam("now", type_=sa.DateTime(timezone=True)),
)


class PostgresStories:
    """The Stories port on a connection whose transaction belongs to the caller."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def learn(self, facts: Mapping[StoryKey, Sequence[Fact]]) -> Mapping[StoryKey, KnownStory]:
        """One statement adds the facts, makes everybody else wait for these stories, and reads them."""
        learnt = [
            {
                "tenant_id": str(key.tenant_id),
                "story_kind": key.kind.value,
                "story_id": str(key.story_id),
                "facts": {fact.key: fact_document(fact) for fact in facts[key]},
            }
            for key in sorted(facts, key=_lock_order)
        ]
        rows = await self._connection.execute(_LEARN, {"learnt": learnt, "now": self._now})
        known: dict[StoryKey, KnownStory] = {}
        for row in rows:
            key = _story_of(row)
            if row.facts is None:
                known[key] = KnownStory(list({fact.key: fact for fact in facts[key]}.values()), new=True)
            else:
                held = [fact_of(document) for document in from_json(row.facts).values()]
                known[key] = KnownStory(held, new=False)
        return known

    async def items_of(self, keys: Sequence[StoryKey]) -> Mapping[StoryKey, list[Item]]:
        """Locked in the order of their ids, as everywhere."""
        if not keys:
            return {}
        asked = {
            "tenants": [key.tenant_id for key in keys],
            "kinds": [key.kind.value for key in keys],
            "ids": [key.story_id for key in keys],
        }
        found: dict[StoryKey, list[Item]] = {}
        for row in await self._connection.execute(_ITEMS, asked):
            found.setdefault(_story_of(row), []).append(item_of(row))
        return found

    async def start(self, started: Sequence[NewItem]) -> None:
        """One statement, however many items and steps there are."""
        values = {
            "items": [item_document(new.item, key=new.key) for new in started],
            "deliveries": [delivery_document(delivery) for new in started for delivery in new.deliveries],
            "now": self._now,
        }
        await self._connection.execute(_START, values)

    async def end(self, item: Item, *, ending: Ending, state: ItemState, now: datetime) -> None:
        """Deliveries cancelled for another reason of their own (too late, worker left) keep it."""
        await self._connection.execute(
            sa.update(items_table)
            .where(items_table.c.tenant_id == item.tenant_id, items_table.c.item_id == item.item_id)
            .values(ended_version=ending.version, ended_reason=ending.reason.value, state=state.value)
        )
        table = deliveries_table
        # An item is shown under the lock that is held here, so whoever leased it has not done so and finds its lease gone.
        not_shown_yet = sa.and_(table.c.state == DeliveryState.LEASED.value, table.c.channel == Channel.INBOX.value)
        cancelled_by_ending = sa.and_(table.c.state == DeliveryState.CANCELLED.value, table.c.code.in_(_ENDINGS))
        await self._connection.execute(
            sa.update(table)
            .where(
                table.c.tenant_id == item.tenant_id,
                table.c.item_id == item.item_id,
                sa.or_(table.c.state.in_(_UNSENT), cancelled_by_ending, not_shown_yet),
            )
            .values(
                state=DeliveryState.CANCELLED.value,
                code=ending.reason.value,
                next_at=None,
                lease_token=None,
                changed_at=now,
            )
        )


def _lock_order(key: StoryKey) -> tuple[str, str, str]:
    """The same for everybody, so that two batches about the same stories never wait for each other in a circle."""
    return str(key.tenant_id), key.kind.value, str(key.story_id)


def _story_of(row: Any) -> StoryKey:
    return StoryKey(row.tenant_id, StoryKind(row.story_kind), row.story_id)


class PostgresWorkers:
    """The Workers port on a connection whose transaction belongs to the caller."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(
        self, recipient: Recipient, *, version: int, active: bool, practice_role: PracticeRole, organization_id: UUID
    ) -> bool:
        """Only a newer version is written."""
        known = {
            "version": version,
            "active": active,
            "practice_role": practice_role.value,
            "organization_id": organization_id,
        }
        new = insert(workers).values(tenant_id=recipient.tenant_id, worker_id=recipient.worker_id, **known)
        newer = new.on_conflict_do_update(
            index_elements=["tenant_id", "worker_id"],
            set_={name: new.excluded[name] for name in known},
            where=workers.c.version < new.excluded.version,
        )
        return (await self._connection.execute(newer)).rowcount == 1

    async def expect_summary(self, recipient: Recipient, *, due_at: datetime) -> None:
        """What is expected already stays."""
        row = {"tenant_id": recipient.tenant_id, "worker_id": recipient.worker_id, "due_at": due_at}
        await self._connection.execute(insert(summary_dates).values(row).on_conflict_do_nothing())

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
